"""The course as nbgrader sees it."""

c = get_config()  # nbgrader provides it

c.CourseDirectory.course_id = "lm39"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
