"""Every word of the page, in one place to be translated; the timeline's and map's own are in ``geo.timemap``.

Templates are filled with ``str.format``; what is filled in is data and is never read as a template again.
"""

# --- evidence and corrections ---

# --- lists, history, comparison, figures, trays ---

# --- projects, reports brought along, exports ---

# --- the page itself ---
