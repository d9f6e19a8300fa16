"""Couples who book three times of one day while a head of section does something to them."""

import random
import time

from django.db import connection

from accounts.roles import Role
from tests.factories import make_staff
from tests.live import world
from tests.live.browser import Browser
from tests.live.together import at_once, side_by_side

COUPLES, TIMES = 30, 3
RUSH_SECONDS = 3.0


def times(*, places):
    offered = world.marriage_at_bang_rak()
    return [world.slot(offered, places=places, no=no) for no in range(TIMES)]


def while_booking(server, slots, act):
    """Half of them have the form open, the others the page of times; one head does `act` among
    them."""
    head = make_staff(Role.HEAD, office=slots[0].office)
    browsers = [Browser(server.address) for _ in range(COUPLES)]
    wanted = [slots[no % TIMES] for no in range(COUPLES)]
    pairs = list(zip(browsers, wanted, strict=True))
    pages = side_by_side(8, [lambda b=b, s=s: world.times_page(b, s) for b, s in pairs])
    held = list(range(0, COUPLES, 2))
    found = side_by_side(8, [lambda n=n: world.held_form(*pairs[n]) for n in held])
    forms = dict(zip(held, found, strict=True))

    def book(number):
        browser, slot = pairs[number]
        form = forms.get(number)
        if form is None:
            time.sleep(random.uniform(0, RUSH_SECONDS))
            answer = world.press_slot(browser, pages[number], slot)
            if answer.status != 303:
                return answer
            form = browser.get(answer.location)
            if not any("form_key" in one.fields for one in form.forms):
                return form
        else:
            time.sleep(random.uniform(0, RUSH_SECONDS))
        return world.send(browser, form, world.couple())

    def press():
        time.sleep(RUSH_SECONDS / 2)
        try:
            return act(slots, head)
        finally:
            connection.close()

    *answers, made = at_once([*(lambda n=n: book(n) for n in range(COUPLES)), press])
    return made.value, [answer.value for answer in answers]
