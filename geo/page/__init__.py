"""The parts of the page: widgets and calls; what they show comes from ``geo.view`` and its fellows.

Whatever was read from a report, a file name, a gazetteer or an analyst is shown by ``st.text``, ``st.code`` or
``st.dataframe``, which take it as plain text; labels that read Markdown get it through ``plain``. ``st.html`` holds
constants of these files alone.
"""
