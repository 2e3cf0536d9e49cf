"""Every word of the page, in one place to be translated; the timeline's and map's own are in ``geo.timemap``.

Templates are filled with ``str.format``; what is filled in is data and is never read as a template again.
"""

# --- evidence and corrections ---

# --- lists, history, comparison, figures, trays ---

# --- projects, reports brought along, exports ---

# --- the page itself ---

TITLE = "Dateline"
BROKEN = "The map cannot be shown. Mend this, then reload the page:"
NO_REPORTS = "There is no report here yet. Put .txt, .html, .jsonl, .csv or .zip files into it, then reload."
NO_MODEL = "No language model is installed: the reports were read by the rules alone, which find less."
IN_TRAYS = "{n:,} in trays"
HINT = (
    "Drag over the bars to choose days, press play to watch them pass; click a pin to read who says what, and correct "
    "what is wrong."
)
HINT_AWAY = "Understood"
IN_VIEW = "{places} and {claims} in view"
NOTHING_IN_DAYS = "Nothing is dated between {first} and {last}."
NOTHING_FOUND = "Nothing is left under these filters. Take one away, or clear them all."
NOT_DATED = "Not one claim has a day: they are all in the trays below."
PLACE = "Place"
PLACE_HINT = "Choose a place"
PLACE_HELP = "Those with the most independent sources come first. Clicking a pin chooses it too."
VIEW = "View"
COLOUR_BY = "Colour the bars by"
COLOURS = {"status": "status", "type": "type"}
EDIT = "Move pins"
EDIT_HELP = "The chosen place's pin can then be dragged to where it belongs; you are asked who moves it, and why."
PLAIN_MAP = "Plain map"
PLAIN_MAP_HELP = "A map and a slider that need less of the browser: the map follows when the hand lets go."
DAYS = "Days"
AREA = "region or country"
LARGER = "larger: more independent sources"
TABS = {
    "events": "Events",
    "claims": "Claims",
    "places": "Places",
    "history": "History",
    "compare": "Compare",
    "figures": "Figures",
    "trays": "Trays",
    "reports": "Reports",
    "corrections": "Corrections",
}
CHOOSE_FOR_HISTORY = "Choose a place, on the map or in the list beside it, to see its history."

SEARCH = "Search"
SEARCH_HINT = 'Words, or "a phrase"'
SEARCH_HELP = "Each word, and each phrase in quotation marks, must stand in the sentence, place, claimant or title."
FILTERS = "Filters"
FILTERS_ON = "Filters ({n})"
FACETS = {
    "event_types": ("Type", "What is said to have happened."),
    "statuses": ("Status", "How it is put forward: reported, claimed, denied or planned."),
    "claimants": ("Claimant", "Who says so; the report itself where it names nobody."),
    "outlets": ("Outlet", "Who published the report."),
    "origins": ("Origin", "The story that a report copies, or the report itself: copies are one source."),
    "places": ("Place", "A country or region stands for all in it."),
}
ANY = "Any"
SOURCES = "Independent sources"
SOURCES_HELP = "Of the event that a claim belongs to: how many origins stand behind it."
SOURCES_OPTION = "{label} ({n:,})"
DISPUTED = "Disputed only ({n:,})"
DISPUTED_HELP = "Claims of events that somebody contradicts."
HERE = "Only what the map shows"
HERE_HELP = "Keeps to what lies in the map's window as it is now."
ANYWHERE = "Everywhere again"
CLEAR = "Clear all"
CLEAR_HELP = "Takes every filter away and shows all days."
SEVERAL = "{n} chosen"
UNNAMED = "not named"
TAKE_AWAY = "Take this filter away"
CHIP = "{facet}: {value} ✕"
CHIPS = {"min_sources": "sources", "disputed": "disputed", "text": "search", "bounds": "map window"}
WRONG_ADDRESS = "A part of this page's address was left out:"
