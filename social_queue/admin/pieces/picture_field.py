"""The form field for a picture: judged by its bytes, kept without what its camera wrote and without its own name."""

from django import forms
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext, gettext_noop
from unfold.widgets import UnfoldAdminImageFieldWidget

from connectors.errors import Rejected
from connectors.media.inspect import inspect
from connectors.stripping import stripped
from social_queue.media.files import ENDINGS

#: What is said when nothing can be written where pictures are kept; the log has the reason.
NOT_KEPT = gettext_noop(
    "The picture can't be kept at the moment: the place for files can't be reached or is full. Nothing was changed; "
    "press again in a minute."
)
LARGEST_UPLOAD = 20 * 1024 * 1024


class PictureField(forms.FileField):
    """Gives an uploaded file whose name ends as its content is, whatever the editor's file was called."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", UnfoldAdminImageFieldWidget(attrs={"accept": "image/*"}))
        super().__init__(**kwargs)

    def to_python(self, data: File | None) -> File | None:
        """The picture as it will be kept; ValidationError with the reason when it is none that we take."""
        file = super().to_python(data)
        if file is None:
            return None
        if file.size > LARGEST_UPLOAD:
            sizes = {"size": f"{file.size:,}", "most": f"{LARGEST_UPLOAD:,}"}
            raise forms.ValidationError(
                gettext("The picture has %(size)s bytes; at most %(most)s (20 MiB) are taken.") % sizes
            )
        try:
            picture = stripped(inspect(file.read()))
        except Rejected as refusal:
            raise forms.ValidationError(
                gettext("This file can't be taken. %(reason)s") % {"reason": refusal.message}
            ) from refusal
        return SimpleUploadedFile(f"picture{ENDINGS[picture.media_type]}", picture.content, picture.media_type)
