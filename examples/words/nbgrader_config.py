"""A course in nbgrader's own layout, whose exercises need no PyTorch, graded by lmgrade."""

from lmgrade.nbgrader import plugin

c = get_config()  # nbgrader provides it

c.CourseDirectory.course_id = "words"
plugin.install(c)
