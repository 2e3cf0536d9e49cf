"""Who corrects something, and why."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from geo.page.signing import ask_who_and_why, forget_why

    with st.form("one"):
        st.session_state["signed"] = ask_who_and_why("one")
        st.form_submit_button("Do it", on_click=lambda: st.session_state.get("good") and forget_why("one"))
    if st.session_state.get("two"):
        with st.form("two"):
            ask_who_and_why("two")
            st.form_submit_button("Do that")


def test_both_are_needed_and_who_is_kept_for_the_next_form() -> None:
    page = AppTest.from_function(_page).run()
    assert page.session_state["signed"] is None
    page.text_input(key="one_who").input(" Desk ")
    page.button[0].click().run()
    assert page.session_state["signed"] is None
    assert page.text_input(key="one_who").value == " Desk "
    page.text_input(key="one_why").input("seen")
    page.button[0].click().run()
    assert page.session_state["signed"] == ("Desk", "seen")
    assert page.text_input(key="one_why").value == "seen"
    page.session_state["two"] = True
    page.run()
    assert page.text_input(key="two_who").value == "Desk"
    assert page.text_input(key="two_why").value == ""


def test_the_reason_is_emptied_once_it_is_written_down() -> None:
    page = AppTest.from_function(_page).run()
    page.session_state["good"] = True
    page.text_input(key="one_why").input("seen")
    page.button[0].click().run()
    assert not page.exception
    assert page.text_input(key="one_why").value == ""


def _form() -> None:
    import streamlit as st

    from geo.errors import CorrectionError
    from geo.page.signing import finish_form

    def write(who: str, why: str) -> None:
        if why == "wrong":
            raise CorrectionError("**it** is wrong")
        st.session_state["written"] = (who, why)

    st.session_state["rebuild"] = lambda: st.session_state.update(rebuilt=True)
    with st.form("one"):
        finish_form("one", "Do it", write, cancel=lambda: st.session_state.update(cancelled=True))


def test_what_goes_wrong_stands_in_the_form_and_what_was_typed_stays() -> None:
    page = AppTest.from_function(_form).run()
    page.text_input(key="one_who").input("Desk")
    page.text_input(key="one_why").input("wrong")
    page.button[0].click().run()
    assert page.code[0].value == "**it** is wrong"
    assert page.text_input(key="one_why").value == "wrong"
    assert "rebuilt" not in page.session_state
    page.text_input(key="one_why").input("seen")
    page.button[0].click().run()
    assert page.session_state["written"] == ("Desk", "seen")
    assert page.session_state["rebuilt"]
    assert not page.code
    assert page.text_input(key="one_why").value == ""
    page.button[1].click().run()
    assert page.session_state["cancelled"]
