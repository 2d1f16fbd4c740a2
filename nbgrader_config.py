"""nbgrader's configuration of this course: start nbgrader, JupyterLab and the formgrader in this folder."""

from readtwice.steps import configure

configure(get_config())  # noqa: F821  nbgrader supplies get_config
