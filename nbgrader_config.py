"""The course as nbgrader sees it, with lmgrade as its autograder."""

from lmgrade.nbgrader import plugin

c = get_config()  # nbgrader provides it

c.CourseDirectory.course_id = "lm39"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# `nbgrader autograde` and the Formgrader's button grade with lmgrade.
plugin.install(c)

# Your own settings, which git ignores; without that file, nothing happens.
load_subconfig("nbgrader_config.local.py")
