"""Pictures from outside: downloaded under guard, judged by their bytes, made to fit."""
