"""A form template compiled once and filled many times, on its own package, so that nothing in it is lost."""

from perfeval_xl.write.template.template import Figure, MarkerCell, Problem, Template, Value, compile_template

__all__ = ["Figure", "MarkerCell", "Problem", "Template", "Value", "compile_template"]
