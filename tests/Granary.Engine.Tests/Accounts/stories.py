#!/usr/bin/env python3
"""Writes stories.json: facts of a market, orders, and what an account books for them.

An account of its own, of some 250 lines, computes what is right. It shares no code with Granary and knows one symbol with daily bars.
Run it after a change; a test runs it too and compares. `python3 stories.py > stories.json`
`python3 stories.py COUNT SEED` writes random stories instead: several rules together, over random bars.
"""
import itertools
import json
import math
import random
import sys

DAY = 86_400
MOST_TRADES = 3  # of one side at once
BUY, SELL = 1, -1
# Open, high, low, close and volume of each day. From the day of a split on, prices are divided by its ratio.
BARS = [
    (100, 101, 99, 100, 1000), (100, 102, 99, 101, 1000), (101, 103, 100, 102, 1000), (102, 104, 96, 98, 1000),
    (98, 99, 94, 95, 1000), (95, 97, 93, 96, 1000), (96, 98, 95, 97, 1000), (97, 99, 96, 98, 1000), (98, 100, 97, 99, 1000),
]


def away(price, level):
    """A price less a level, from which rounding alone makes no difference."""
    return 0 if abs(price - level) <= 1e-14 * level else price - level


class Lot:
    def __init__(self, number, side, quantity, price, day, at_open, order):
        self.number, self.side, self.quantity, self.entered, self.price = number, side, quantity, quantity, price
        self.day, self.at_open, self.order = day, at_open, order
        self.charged = day
        self.sold, self.commission, self.financing = 0.0, 0.0, 0.0
        self.stop = self.target = None
        self.best, self.trail, self.taken = None, None, 0.0
        self.step, self.done = 0, 0
        self.closing = False


class Order:
    def __init__(self, number, side, quantity, day, act, closes=None):
        self.number, self.side, self.quantity, self.rest, self.made = number, side, quantity, quantity, day
        self.act, self.sent, self.closes = act, act, closes
        self.kind = act.get("type", "market")
        self.limit, self.stop = act.get("limit"), act.get("stop")
        self.rests, self.returned, self.serial = False, False, 0
        self.paid = dict(earned=0.0, charged=0.0, fills=0)
        self.reason, self.at_once = act.get("reason", "signal"), False


class Wallet:
    """The cash of an account, which its symbols share, and what was booked.

    The wallet of a venue takes the commands of a strategy's instead of acting itself. So does that of a portfolio, which has its own
    quantities: it closes at the next open what its strategy has closed, and withdraws what its strategy's entry does not wait for any more.
    """

    def __init__(self, story, strategy=None, scale=0):
        self.is_venue, self.scale = strategy is not None, scale
        self.commands = strategy.commands if self.is_venue else [[] for _ in story["bars"]]
        # Trades, and entries without a fill, that ended before the strategy acted at the close of a day.
        self.ended = strategy.ended if self.is_venue else [[] for _ in story["bars"]]
        self.unfilled = strategy.unfilled if self.is_venue else [[] for _ in story["bars"]]
        self.today, self.acts = 0, False
        self.story, self.e = story, story["execution"]
        self.cash = story["cash"]
        self.fills, self.financing, self.trades = [], [], []
        self.traded = []
        self.numbers, self.serial = 0, 0
        self.lent, self.is_closed = 0, False
        self.books = [Account(self, story | part) for part in [{}, *story.get("others", [])]]

    def run(self):
        for self.today in range(len(self.story["bars"])):
            self.acts = False
            for book, number in self.unfilled[self.today] if self.scale else []:
                self.books[book].withdraw(number)
            if not self.is_closed:
                self.day(self.today)
            for book in self.books:
                book.last = book.bar["close"]
            self.end(self.today)
            if self.is_closed:
                continue
            self.acts = True
            for book, number, reason in self.ended[self.today] if self.scale else []:
                self.books[book].follow(self.today, number, reason)
            for command in self.commands[self.today] if self.is_venue else []:
                self.books[command[0]].obey(self.today, command[1:])
            for act in [] if self.is_venue else self.story["acts"]:
                book = self.books[act.get("symbol", 0)]
                if act["day"] == self.today and book.i.get("delisted", math.inf) > self.today:
                    book.act(self.today, act, book.bar)
        return self

    def day(self, day):
        # What all long positions of the account have borrowed, by their value, before the nights are paid.
        # An instrument with a margin per unit settles gains in cash, and is not lent for.
        margined = [b for b in self.books if b.i.get("marginPerUnit")]
        value = {side: sum(l.quantity * b.last * b.multiplier for b in self.books if b not in margined for l in b.lots if l.side == side)
            for side in (BUY, SELL)}
        settled = self.cash - value[SELL] + sum(l.side * l.quantity * b.last * b.multiplier for b in margined for l in b.lots)
        self.lent = -settled / value[BUY] if settled < 0 and value[BUY] > 0 else 0
        for book in self.books:
            book.begin(day)
        waiting = [(order, book) for book in self.books for order in book.orders]
        for order, book in sorted(waiting, key=lambda w: (not w[0].closes, w[0].serial)):
            book.work(order, day)
        for book in self.books:
            book.rest(day)

    def end(self, day):
        """An account without equity ends at the closes; one with cross margin when its positions require all of it."""
        held = [(book, lot) for book in self.books for lot in book.lots]
        rate = (self.e.get("maintenance", 0) + self.e.get("liquidationFee", 0)) / 100
        equity = self.cash + sum(l.side * l.quantity * b.last * b.multiplier for b, l in held)
        floor = 0
        if cross := self.e.get("margin") == "cross":
            floor = rate * sum(l.quantity * b.last * b.multiplier for b, l in held)
        if not held or equity > floor:
            return
        self.finish(held, [book.last for book, _ in held], "liquidation" if cross else "ruined")

    def finish(self, held, prices, reason):
        self.is_closed = True
        for book in self.books:
            book.drop(lambda o: True)
        for (book, lot), price in zip(held, prices):
            book.close(lot, price, self.today, book.bar, reason, slips=False)

    def cross(self, book, best, worst):
        """Cross margin within a bar, where all positions are those of one side in one symbol."""
        lots = book.lots
        if self.e.get("margin") != "cross" or not lots or any(b.lots for b in self.books if b is not book):
            return
        rate = (self.e.get("maintenance", 0) + self.e.get("liquidationFee", 0)) / 100
        side, quantity = lots[0].side, sum(l.quantity for l in lots) * book.multiplier
        level = self.cash / (quantity * (rate - side))
        if side * (worst[side] - level) <= 0:
            price = level if side * (best - level) > 0 else best
            self.finish([(book, l) for l in lots], [price] * len(lots), "liquidation")


class Account:
    """What happens to one symbol of an account, day by day, in the order of docs/decisions/0016-one-account.md."""

    def __init__(self, wallet, story):
        self.wallet = wallet
        self.s, self.e, self.i = story, story["execution"], story["instrument"]
        self.lots, self.orders = [], []
        self.used = 0.0
        self.funded = 0
        self.bar, self.last = None, math.nan

    # ---- small rules ----

    def lot_of(self, quantity):
        step = self.i.get("lot", 0)
        return quantity if step == 0 else math.floor(quantity / step + 1e-9) * step

    def fee(self, paid, price, quantity, maker, day):
        e = self.e
        tiers = e.get("tiers") or [[0, e.get("commissionPercent", 0), e.get("makerPercent", e.get("commissionPercent", 0))]]
        traded = sum(v for d, v in self.wallet.traded if d > day - e.get("tierDays", 30))
        _, taker, make = [t for t in tiers if traded >= t[0]][-1]
        earned = paid["earned"] + (e.get("perOrder", 0) if paid["fills"] == 0 else 0) + e.get("perUnit", 0) * quantity
        earned += price * quantity * self.multiplier * (make if maker else taker) / 100
        due = max(e["minimum"], earned) if e.get("minimum") else earned
        fee = due - paid["charged"]
        paid.update(earned=earned, charged=due, fills=paid["fills"] + 1)
        return fee

    @property
    def multiplier(self):
        return self.i.get("multiplier", 1)

    def slipped(self, side, price, quantity, bar):
        slip = self.e.get("slippagePercent", 0) / 100
        if impact := self.e.get("impact"):
            share = quantity / bar["volume"] if bar["volume"] > quantity else 1
            slip += impact * share * share
        if slip == 0:
            return price
        value = price * (1 + side * slip)
        return min(value, max(bar["high"], price)) if side == BUY else max(value, min(bar["low"], price))

    def room(self, quantity, bar):
        if not (share := self.e.get("volumePercent")):
            return quantity
        left = share / 100 * bar["volume"] - self.used
        if quantity <= left:
            return quantity
        return self.lot_of(left) if left > 1e-9 * bar["volume"] else 0.0

    # ---- fills ----

    def book(self, side, price, quantity, fee, day, number):
        self.wallet.cash -= side * quantity * price * self.multiplier + fee
        self.used += quantity
        self.wallet.traded.append((day, price * quantity * self.multiplier))
        word = "buy" if side == BUY else "sell"
        self.wallet.fills.append(dict(day=day, trade=number, side=word, quantity=quantity, price=price, fee=fee))

    def fill(self, order, reference, day, bar, at_open):
        quantity = self.room(order.rest, bar)
        if quantity <= 0 or order.act.get("tif") == "fok" and quantity < order.rest:
            order.rests = True
            return False
        at_limit = order.limit is not None and abs(reference - order.limit) < 1e-12
        price = reference if at_limit else self.slipped(order.side, reference, quantity, bar)
        if order.limit is not None and not at_limit:
            price = min(price, order.limit) if order.side == BUY else max(price, order.limit)
        maker = at_limit and order.rests
        fee = self.fee(order.paid, price, quantity, maker, day)
        order.rests = True
        order.rest = 0 if quantity == order.rest else order.rest - quantity
        self.book(order.side, price, quantity, fee, day, order.number)
        if order.closes:
            self.reduce(order.closes, price, quantity, fee, day, order.reason)
        else:
            lot = next((l for l in self.lots if l.number == order.number), None)
            if lot is None:
                lot = Lot(order.number, order.side, quantity, price, day, at_open, order)
                self.lots.append(lot)
            else:
                lot.price = (lot.price * lot.entered + price * quantity) / (lot.entered + quantity)
                lot.entered += quantity
                lot.quantity += quantity
            lot.commission += fee
            self.protect(lot)
        if order.rest == 0 and order in self.orders:
            self.orders.remove(order)
        return True

    def reduce(self, lot, price, quantity, fee, day, reason):
        if self.e.get("margin") == "isolated" and reason != "liquidation":
            # A loss beyond the margin of what is closed is the exchange's.
            margin = lot.price * quantity * self.multiplier / self.e["leverage"]
            left = margin + lot.side * (price - lot.price) * quantity * self.multiplier - fee
            if left < 0:
                self.pay(lot, "writeOff", -left / lot.quantity, day)
        lot.commission += fee
        lot.sold += price * quantity
        lot.quantity = 0 if abs(lot.quantity - quantity) < 1e-12 * lot.entered else lot.quantity - quantity
        if lot.quantity > 0:
            for order in self.orders:
                if order.closes is lot:
                    order.rest = min(order.rest, lot.quantity)
            return
        self.lots.remove(lot)
        if self.wallet.is_closed and not any(b.lots for b in self.wallet.books):
            # The exchange, or the broker, takes what is left, and bears what is missing.
            missing, self.wallet.cash = -self.wallet.cash, 0.0
            lot.financing += missing
            self.wallet.financing.append(dict(day=day, trade=lot.number, kind="writeOff", amount=missing))
        exit_price = lot.sold / lot.entered
        profit = lot.side * (exit_price - lot.price) * lot.entered * self.multiplier
        self.wallet.trades.append(dict(trade=lot.number, side="buy" if lot.side == BUY else "sell", quantity=lot.entered, entered=lot.day,
            entry=lot.price, left=day, exit=exit_price, profit=profit, commission=lot.commission, financing=lot.financing, reason=reason))
        if not self.wallet.is_venue and not self.wallet.acts:
            self.wallet.ended[day].append((self.wallet.books.index(self), lot.number, reason))
        self.drop(lambda o: o.number == lot.number)

    def drop(self, which):
        for order in [o for o in self.orders if which(o)]:
            self.orders.remove(order)
            if self.wallet.is_venue:
                continue
            self.tell("cancel", order)
            if not order.closes and order.rest == order.quantity and not self.wallet.acts:
                self.wallet.unfilled[self.wallet.today].append((self.wallet.books.index(self), order.number))

    def withdraw(self, number):
        self.drop(lambda o: o.number == number and not o.closes)

    def follow(self, day, number, reason):
        """Closes what a portfolio still holds of a trade that its strategy has closed."""
        self.withdraw(number)
        lot = next((l for l in self.lots if l.number == number), None)
        if lot and not lot.closing:
            lot.closing = True
            reason = "signal" if reason in ("ruined", "liquidation") else reason
            order = Order(number, -lot.side, lot.quantity, day, dict(reason=reason), closes=lot)
            order.at_once = True
            self.send(order, day, self.bar)

    def add(self, order):
        self.wallet.serial += 1
        order.serial = self.wallet.serial
        self.orders.append(order)

    def tell(self, *command):
        self.wallet.commands[self.wallet.today].append((self.wallet.books.index(self), *command))

    def close(self, lot, reference, day, bar, reason, slips=True, maker=False):
        """Closes a trade without an order of the strategy: a stop, or what the venue does."""
        quantity = self.room(lot.quantity, bar) if reason in ("stop", "trail") else lot.quantity
        price = self.slipped(-lot.side, reference, quantity, bar) if slips else reference
        if quantity < lot.quantity:
            # The stop has become a market order, whose rest works from the next open on. It does so once.
            if any(o.closes is lot and o.reason in ("stop", "trail") for o in self.orders):
                return
            self.drop(lambda o: o.number == lot.number)
            order = Order(lot.number, -lot.side, lot.quantity, day, dict(reason=reason), closes=lot)
            self.add(order)
            lot.closing = True
            if quantity > 0:
                self.fill(order, reference, day, bar, False)
            return
        fee = self.fee(dict(earned=0.0, charged=0.0, fills=0), price, quantity, maker, day)
        self.book(-lot.side, price, quantity, fee, day, lot.number)
        self.reduce(lot, price, quantity, fee, day, reason)

    # ---- stops and targets ----

    def protect(self, lot):
        act, side = lot.order.act, lot.side
        if lot.stop is None or lot.order.rest < lot.order.quantity:
            if "stopLoss" in act:
                lot.stop = act["stopLoss"]
            elif p := self.s["settings"].get("stopLossPercent"):
                lot.stop = lot.price * (1 - side * p / 100)
        self.aim(lot)
        if (p := self.s["settings"].get("trailingStopPercent")) and lot.best is None and self.e.get("protectFrom") != "next-bar":
            lot.best = lot.price
            lot.trail = lot.best * (1 - side * p / 100)

    def aim(self, lot):
        steps = self.s["settings"].get("takeProfit")
        if "takeProfit" in lot.order.act:
            lot.target, lot.part = lot.order.act["takeProfit"], None
        elif steps:
            share = 0
            for step, (percent, part) in enumerate(steps):
                share += part
                due = math.inf if share >= 1 - 1e-9 else self.lot_of(lot.entered * share) - lot.taken
                if step >= lot.done and due > 1e-12 * lot.entered:
                    lot.step = step
                    lot.target, lot.part = lot.price * (1 + lot.side * percent / 100), due
                    return
            lot.target = None
        elif p := self.s["settings"].get("takeProfitPercent"):
            lot.target, lot.part = lot.price * (1 + lot.side * p / 100), None

    def works(self, lot, day):
        on_close = lot.order.kind == "close" or self.e.get("fill") == "same-close" and lot.order.kind == "market"
        first = lot.day + (1 if on_close else 0)
        return day >= (lot.day + 1 if self.e.get("protectFrom") == "next-bar" else first)

    def touch(self, lot, day, bar):
        """Stops and targets of one day; a day can pass several targets."""
        while lot in self.lots and self.works(lot, day):
            here = lot.day == day and not lot.at_open
            start = lot.price if here else bar["open"]
            levels = [x for x in (lot.stop, lot.trail) if x is not None]
            stop = (max(levels) if lot.side == BUY else min(levels)) if levels else None
            reason = "trail" if stop is not None and stop == lot.trail and stop != lot.stop else "stop"
            worst, best = (bar["low"], bar["high"]) if lot.side == BUY else (bar["high"], bar["low"])
            if here and lot.order.returned:
                best = bar["close"]
            stopped = stop is not None and lot.side * away(worst, stop) <= 0
            reached = lot.target is not None and lot.side * away(best, lot.target) >= 0
            if not stopped and not reached:
                return
            if stopped and (not reached or self.e.get("intrabar") != "target-first"):
                reference = start if lot.side * away(start, stop) <= 0 else stop
                self.close(lot, reference, day, bar, reason)
                return
            quantity = lot.quantity if lot.part is None else min(lot.quantity, lot.part)
            quantity = self.room(quantity, bar)
            if quantity <= 0:
                return
            beyond = lot.side * away(start, lot.target) > 0
            price = lot.target
            if beyond:
                price = self.slipped(-lot.side, start, quantity, bar)
                price = max(price, lot.target) if lot.side == BUY else min(price, lot.target)
            if not hasattr(lot, "paid") or lot.paid is None:
                lot.paid = dict(earned=0.0, charged=0.0, fills=0)
            fee = self.fee(lot.paid, price, quantity, not beyond, day)
            self.book(-lot.side, price, quantity, fee, day, lot.number)
            before = lot.target
            self.reduce(lot, price, quantity, fee, day, "target")
            lot.taken += quantity
            if lot not in self.lots:
                return
            self.aim(lot)
            if lot.target == before:
                return
            lot.paid = None

    # ---- what time does ----

    def pay(self, lot, kind, per_unit, day):
        amount = per_unit * lot.quantity
        if amount == 0:
            return
        self.wallet.cash += amount
        lot.financing += amount
        self.wallet.financing.append(dict(day=day, trade=lot.number, kind=kind, amount=amount))

    def nights(self, day, close):
        for lot in list(self.lots):
            count, lot.charged = day - lot.charged, day
            if lot.side == SELL:
                self.pay(lot, "borrowFee", -close * self.multiplier * self.e.get("borrow", 0) / 100 / 365 * count, day)
            elif not self.i.get("marginPerUnit"):
                self.pay(lot, "interest", -close * self.multiplier * self.e.get("interest", 0) / 100 / 365 * count * self.wallet.lent, day)

    def actions(self, day):
        for action in self.i.get("actions", []):
            if action["day"] != day:
                continue
            for lot in self.lots:
                self.pay(lot, "dividend", lot.side * action.get("dividend", 0) * self.multiplier, day)
            if (ratio := action.get("split", 1)) == 1:
                continue
            for lot in self.lots:
                lot.quantity, lot.entered, lot.price, lot.taken = (lot.quantity * ratio, lot.entered * ratio, lot.price / ratio,
                    lot.taken * ratio)
                lot.stop, lot.target, lot.trail = (None if x is None else x / ratio for x in (lot.stop, lot.target, lot.trail))
                lot.best = None if lot.best is None else lot.best / ratio
                if self.s["settings"].get("takeProfit"):
                    # A target that was done stays done, though its share of the larger quantity may be some lots more.
                    lot.done = lot.step
                    self.aim(lot)
            for order in self.orders:
                order.quantity, order.rest = order.quantity * ratio, order.rest * ratio
                order.limit, order.stop = (None if x is None else x / ratio for x in (order.limit, order.stop))
            # The prices of an entry count also after its last fill.
            for order in {id(o): o for o in [*self.orders, *(l.order for l in self.lots)]}.values():
                for key in ("stopLoss", "takeProfit"):
                    if key in order.act:
                        order.act = order.act | {key: order.act[key] / ratio}

    def fund(self, until, bar, day, close):
        """Fundings are (time in days, rate). Those at a day's open count at its open, those within it too."""
        funding = self.i.get("funding", [])
        while self.funded < len(funding) and funding[self.funded][0] < until:
            at, rate, *mark = funding[self.funded]
            self.funded += 1
            price = mark[0] if mark else close if at < day else bar["open"]
            for lot in list(self.lots):
                self.pay(lot, "funding", -lot.side * self.multiplier * price * rate, day)

    # ---- liquidation ----

    def seen(self, day, bar):
        """The prices by which the exchange liquidates: the marks of the day if there are some, else the bar."""
        marks = [price for at, price in self.i.get("marks", []) if day <= at < day + 1]
        return dict(open=marks[0], high=max(marks), low=min(marks)) if marks else bar

    def level(self, lot):
        """Where margin and profit fall to the maintenance margin and the fee of a liquidation."""
        rate = self.e.get("maintenance", 0) / 100 + self.e.get("liquidationFee", 0) / 100
        return lot.price * (1 - lot.side / self.e["leverage"]) / (1 - lot.side * rate)

    def liquidate(self, lot, price, day, bar):
        margin = lot.price * lot.quantity * self.multiplier / self.e["leverage"]
        fee = self.fee(dict(earned=0.0, charged=0.0, fills=0), price, lot.quantity, False, day)
        left = margin + lot.side * (price - lot.price) * lot.quantity * self.multiplier - fee
        self.pay(lot, "liquidation", -left / lot.quantity, day)
        self.close(lot, price, day, bar, "liquidation", slips=False)

    def liquidate_in(self, lot, day, bar, after):
        on_close = lot.order.kind == "close" or self.e.get("fill") == "same-close" and lot.order.kind == "market"
        if lot not in self.lots or lot.day + (1 if on_close else 0) > day:
            return
        level, start = self.level(lot), bar["open"] if lot.day < day or lot.at_open else lot.price
        seen = self.seen(day, bar)
        worst = seen["low"] if lot.side == BUY else seen["high"]
        if lot.side * away(worst, level) > 0:
            return
        if not after and lot.side * (start - level) > 0 and self.works(lot, day):
            levels = [x for x in (lot.stop, lot.trail) if x is not None]
            stop = (max(levels) if lot.side == BUY else min(levels)) if levels else None
            if stop is not None and lot.side * (stop - level) > 0:
                # The stop is nearer, so that it comes first.
                reference = start if lot.side * away(start, stop) <= 0 else stop
                if lot.side * (self.slipped(-lot.side, reference, lot.quantity, bar) - level) > 0:
                    return
            elif lot.target is not None and self.e.get("intrabar") == "target-first":
                best = bar["high"] if lot.side == BUY else bar["low"]
                if lot.side * away(best, lot.target) >= 0:
                    return
        if seen is not bar:
            start = seen["open"]
        self.liquidate(lot, level if lot.side * (start - level) > 0 else start, day, bar)

    # ---- a day ----

    def at_open(self, order, day, bar):
        if order.kind == "market":
            return bar["open"]
        if order.kind == "limit":
            if order.side * away(bar["open"], order.limit) <= 0:
                return bar["open"]
            order.rests = True
        if order.kind == "stop" and order.side * away(bar["open"], order.stop) >= 0:
            return bar["open"]
        return None

    def within(self, order, bar):
        if order.kind == "limit" and order.side * away(bar["low"] if order.side == BUY else bar["high"], order.limit) <= 0:
            order.returned = True
            return order.limit
        if order.kind == "stop" and order.side * away(bar["high"] if order.side == BUY else bar["low"], order.stop) >= 0:
            return order.stop
        if order.kind == "close":
            return bar["close"]
        return None

    def begin(self, day):
        self.bar = bar = dict(zip(("open", "high", "low", "close", "volume"), self.s["bars"][day]))
        self.used, close = 0.0, self.last
        if day > 0:
            self.nights(day, close)
            self.actions(day)
        self.fund(day + 1e-9, bar, day, close)
        if self.i.get("delisted") == day:
            self.drop(lambda o: True)
            for lot in list(self.lots):
                self.close(lot, bar["close"], day, bar, "delisted", slips=False)
            return
        self.wallet.cross(self, bar["open"], {BUY: bar["open"], SELL: bar["open"]})
        if self.e.get("margin") == "isolated":
            opened = self.seen(day, bar)["open"]
            for lot in list(self.lots):
                if lot.side * (opened - self.level(lot)) <= 0:
                    self.liquidate(lot, opened, day, bar)

    def work(self, order, day):
        """An order at the open."""
        if order not in self.orders:
            return
        if self.expired(order, day):
            self.drop(lambda o: o is order)
        elif day >= self.first(order) and (price := self.at_open(order, day, self.bar)) is not None:
            self.fill(order, price, day, self.bar, True)

    def rest(self, day):
        """What happens after the open."""
        if self.i.get("delisted") == day:
            return
        bar = self.bar
        self.fund(day + 1, bar, day, self.last)
        self.wallet.cross(self, bar["open"], {BUY: bar["low"], SELL: bar["high"]})
        for lot in list(self.lots):
            self.exits(lot, day, bar)
        for order in list(self.orders):
            if order not in self.orders or day < self.first(order) or order.kind == "market":
                continue
            if (price := self.within(order, bar)) is None:
                continue
            known = {l.number for l in self.lots}
            self.fill(order, price, day, bar, False)
            for lot in [l for l in self.lots if l.number not in known]:
                self.exits(lot, day, bar)
        self.trail(self.lots, bar)

    def exits(self, lot, day, bar):
        isolated = self.e.get("margin") == "isolated"
        if isolated:
            self.liquidate_in(lot, day, bar, False)
        self.touch(lot, day, bar)
        if isolated:
            self.liquidate_in(lot, day, bar, True)

    def trail(self, lots, bar):
        if not (percent := self.s["settings"].get("trailingStopPercent")):
            return
        for lot in lots:
            if lot.best is None or lot.side * (bar["close"] - lot.best) > 0:
                lot.best = bar["close"]
            level = lot.best * (1 - lot.side * percent / 100)
            lot.trail = level if lot.trail is None else max(level, lot.trail) if lot.side == BUY else min(level, lot.trail)

    def first(self, order):
        """The day from which an order works: what the venue makes of a stop, or a portfolio of an end, has no latency."""
        return order.made + 1 + (0 if order.at_once or order.reason in ("stop", "trail") else self.e.get("latencyBars", 0))

    def expired(self, order, day):
        tif = order.act.get("tif")
        return tif in ("day", "ioc", "fok") and day > self.first(order) or tif == "gtd" and day > order.act["until"]

    def act(self, day, act, bar):
        side = BUY if act["do"] in ("buy", "leave short") else SELL
        if act["do"].startswith("leave"):
            for lot in list(self.lots):
                if lot.side == -side and not lot.closing:
                    self.drop(lambda o: o.number == lot.number)
                    self.send(Order(lot.number, side, lot.quantity, day, {}, closes=lot), day, bar)
                    lot.closing = True
            self.drop(lambda o: not o.closes and o.side != side)
            return
        waiting = sum(o.side == side and not o.closes for o in self.orders)
        working = {o.number for o in self.orders if not o.closes}
        held = sum(l.side == side and l.number not in working and not l.closing for l in self.lots)
        if waiting + held >= MOST_TRADES:
            return
        self.wallet.numbers += 1
        self.send(Order(self.wallet.numbers, side, self.lot_of(act["quantity"]), day, act), day, bar)

    def send(self, order, day, bar):
        self.add(order)
        if not self.wallet.is_venue:
            self.tell("send", order, order.quantity)
        if self.e.get("fill") != "same-close" or order.kind != "market":
            return
        if order.at_once or not self.e.get("latencyBars"):
            self.fill(order, bar["close"], day, bar, False)
            # The close is one since the entry.
            self.trail([l for l in self.lots if l.number == order.number and not order.closes], bar)
            return
        # It fills at a later close.
        order.kind, order.made = "close", day - 1

    def obey(self, day, command):
        """Does what a strategy's account has told its venue."""
        (what, order), bar = command[:2], self.bar
        if what == "cancel" and self.wallet.scale:
            if not order.closes:
                self.withdraw(order.number)
        elif what == "cancel":
            self.drop(lambda o: o.number == order.number and bool(o.closes) == bool(order.closes) and o.reason == "signal")
        elif not order.closes:
            quantity = self.lot_of(command[2] * self.wallet.scale) if self.wallet.scale else command[2]
            self.send(Order(order.number, order.side, quantity, day, order.sent), day, bar)
        elif self.wallet.scale:
            self.withdraw(order.number)
            if (lot := next((l for l in self.lots if l.number == order.number), None)) and not lot.closing:
                lot.closing = True
                self.send(Order(lot.number, order.side, lot.quantity, day, dict(reason=order.reason), closes=lot), day, bar)
        elif lot := next((l for l in self.lots if l.number == order.number), None):
            # Less than what is open closes a part.
            if not lot.closing and command[2] >= lot.quantity:
                self.drop(lambda o: o.number == lot.number and not o.closes)
                lot.closing = True
            self.send(Order(lot.number, order.side, min(command[2], lot.quantity), day, {}, closes=lot), day, bar)


# ---- stories ----

FUNDING = [[day + part / 3, rate] for day in range(9) for part, rate in ((0, 0.0005), (1, -0.0002), (2, 0.001))]
# Name, and what it adds to a story. Two rules of one group exclude one another.
RULES = {
    "commission": dict(group="fee", execution=dict(commissionPercent=0.1)),
    "makers": dict(group="fee", execution=dict(commissionPercent=0.1, makerPercent=-0.02)),
    "minimum": dict(group="fee", execution=dict(commissionPercent=0.1, perOrder=0.5, minimum=3)),
    "units": dict(group="fee", execution=dict(perUnit=0.05)),
    "tiers": dict(group="fee", execution=dict(tiers=[[0, 0.1, 0.1], [900, 0.05, 0.02]], tierDays=3)),
    "slippage": dict(group="slip", execution=dict(slippagePercent=0.2)),
    "impact": dict(group="slip", execution=dict(impact=90)),
    "volume": dict(group="volume", execution=dict(volumePercent=0.6)),
    "multiplier": dict(group="multiplier", instrument=dict(multiplier=5)),
    "borrow": dict(group="borrow", execution=dict(borrow=12)),
    "interest": dict(group="loan", execution=dict(interest=8, leverage=5), cash=400),
    "isolated": dict(group="loan", execution=dict(margin="isolated", leverage=20, maintenance=0.5, liquidationFee=0.1)),
    "dividend": dict(group="dividend", instrument=dict(actions=[dict(day=3, dividend=0.5)])),
    "split": dict(group="split", instrument=dict(actions=[dict(day=3, split=2)])),
    "funding": dict(group="funding", instrument=dict(funding=FUNDING)),
    "delisted": dict(group="delisted", instrument=dict(delisted=7)),
    "stop": dict(group="stop", entry={BUY: dict(stopLoss=97), SELL: dict(stopLoss=103.5)}),
    "trailing": dict(group="stop", settings=dict(trailingStopPercent=3)),
    "target": dict(group="target", entry={BUY: dict(takeProfit=103.5), SELL: dict(takeProfit=97)}),
    "ladder": dict(group="target", settings=dict(takeProfit=[[1.5, 0.3], [2.5, 0.3], [6, 0.4]])),
    "target-first": dict(group="intrabar", execution=dict(intrabar="target-first")),
    "next-bar": dict(group="protect", execution=dict(protectFrom="next-bar")),
    "latency": dict(group="latency", execution=dict(latencyBars=1)),
    "limit": dict(group="entry", entry={BUY: dict(type="limit", limit=99.5), SELL: dict(type="limit", limit=101.5)}),
    "breakout": dict(group="entry", entry={BUY: dict(type="stop", stop=101.5), SELL: dict(type="stop", stop=99.5)}),
    "on-close": dict(group="entry", entry={BUY: dict(type="close"), SELL: dict(type="close")}),
    "same-close": dict(group="entry", execution=dict(fill="same-close")),
}
SCALE = 2.5


def story(names, side, market=BARS):
    """Two trades of one side under some rules: the first from day 0 to 4, the second from day 5 to 7."""
    s = dict(name=" and ".join(names) + (", long" if side == BUY else ", short"), cash=100_000, execution={}, settings={},
        instrument=dict(lot=1))
    own, word = {}, "buy" if side == BUY else "sell"
    for rule in (RULES[n] for n in names):
        for part in ("execution", "settings"):
            s[part] |= rule.get(part, {})
        for key, value in rule.get("instrument", {}).items():
            s["instrument"][key] = s["instrument"].get(key, []) + value if key == "actions" else value
        own |= rule.get("entry", {}).get(side, {})
        s["cash"] = rule.get("cash", s["cash"])
    merged = {}
    for action in s["instrument"].get("actions", []):
        merged.setdefault(action["day"], {}).update(action)
    if merged:
        s["instrument"]["actions"] = list(merged.values())
    if s["instrument"].get("multiplier") and s["cash"] < 1_000:
        s["cash"] *= s["instrument"]["multiplier"]
    s["bars"] = scaled_bars(s, market)
    ratio = math.prod(a.get("split", 1) for a in s["instrument"].get("actions", []))
    second = {k: v / ratio if isinstance(v, (int, float)) else v for k, v in own.items()} | dict(type="market")
    second.pop("limit", None)
    if own.get("type") in ("limit", "stop"):
        second.pop("stop", None)
    s["acts"] = [dict(day=0, do=word, quantity=10) | own, dict(day=4, do="leave " + ("long" if side == BUY else "short")),
        dict(day=5, do=word, quantity=10 if "ladder" in names else 7)
        | {k: v for k, v in second.items() if k not in ("stopLoss", "takeProfit")},
        dict(day=7, do="leave " + ("long" if side == BUY else "short"))]
    return s


def scaled_bars(s, market):
    bars, ratio = [], 1
    for day, bar in enumerate(market):
        for action in s["instrument"].get("actions", []):
            if action["day"] == day:
                ratio *= action.get("split", 1)
        bars.append([round(x / ratio, 6) for x in bar[:4]] + [bar[4]])
    return bars


def copy(s):
    return json.loads(json.dumps(s))


def outcome(a):
    held = sum(l.side * l.quantity for b in a.books for l in b.lots)
    return dict(fills=a.fills, financing=a.financing, trades=a.trades, cash=a.cash, position=held)


def with_outcomes(s):
    account = Wallet(copy(s)).run()
    s["expected"] = outcome(account)
    assert outcome(Wallet(copy(s), account).run()) == s["expected"], "a venue books " + s["name"] + " otherwise"
    assert outcome(Wallet(copy(s), account, scale=1).run()) == s["expected"], "a portfolio books " + s["name"] + " otherwise"
    s["scale"] = SCALE
    s["scaled"] = outcome(Wallet(copy(s) | dict(cash=s["cash"] * SCALE), account, SCALE).run())
    return s


def stories():
    for side in (BUY, SELL):
        for name in RULES:
            yield with_outcomes(story([name], side))
        for a, b in itertools.combinations(RULES, 2):
            if RULES[a]["group"] != RULES[b]["group"] and not ({a, b} & {"borrow"} and side == BUY):
                yield with_outcomes(story([a, b], side))


# ---- stories with names ----

def told(name, acts, bars=BARS, **parts):
    """One story: what the strategy does by day, and parts of the facts that differ from the plain ones."""
    s = dict(name=name, cash=100_000, execution={}, settings={}, instrument=dict(lot=1), bars=[list(b) for b in bars])
    for key in ("execution", "settings", "instrument"):
        s[key] |= parts.get(key, {})
    s["cash"] = parts.get("cash", s["cash"])
    if "others" in parts:
        s["others"] = parts["others"]
    s["acts"] = [dict(day=day, do=do) | more for day, do, more in acts]
    return with_outcomes(s)


def buy(day, quantity=10, **more):
    return day, "buy", dict(quantity=quantity) | more


def sell(day, quantity=10, **more):
    return day, "sell", dict(quantity=quantity) | more


def leave(day, side):
    return day, "leave " + side, {}


def flat(*days, volume=1000):
    """Days of a market at 100 without any range; a number is another price, a list is a bar."""
    return [(*d, volume) if isinstance(d, list) else (d, d, d, d, volume) for d in days]


def marked(*days):
    """Eight marks of each day: open, high, low, and five times the close."""
    return [[day + i / 8, m[min(i, 3)]] for day, m in enumerate(days) for i in range(8)]


ISOLATED = dict(margin="isolated", leverage=20, maintenance=0.5, liquidationFee=0.1)
RIVALS = dict(commissionPercent=0.1, perOrder=0.5, minimum=3)
LADDER = dict(takeProfit=[[1.5, 0.3], [2.5, 0.3], [6, 0.4]])


def gaps():
    def pair(name, long, short, **parts):
        yield told(f"gap: {name}, long", long[0], flat(*long[1]), **parts)
        yield told(f"gap: {name}, short", short[0], flat(*short[1]), **parts)
    yield from pair("the open is beyond the stop", ([buy(0, stopLoss=97)], (100, 100, [95, 96, 94, 95], 95)),
        ([sell(0, stopLoss=103)], (100, 100, [105, 106, 104, 105], 105)))
    yield from pair("the open is beyond the target, which is taken there",
        ([buy(0, takeProfit=103)], (100, 100, [105, 106, 104, 105], 105)),
        ([sell(0, takeProfit=97)], (100, 100, [95, 96, 94, 95], 95)), execution=dict(makerPercent=-0.02, commissionPercent=0.1))
    yield from pair("the open is beyond the trailing stop", ([buy(0)], (100, 104, [98, 99, 97, 98], 98)),
        ([sell(0)], (100, 96, [102, 103, 101, 102], 102)), settings=dict(trailingStopPercent=3))
    yield from pair("a limit fills at a better open", ([buy(0, type="limit", limit=98)], (100, [97, 98, 96, 97], 97)),
        ([sell(0, type="limit", limit=102)], (100, [103, 104, 102, 103], 103)), execution=dict(makerPercent=-0.02, commissionPercent=0.1))
    yield from pair("a stop order fills at a worse open", ([buy(0, type="stop", stop=102)], (100, [103, 104, 102, 103], 103)),
        ([sell(0, type="stop", stop=98)], (100, [97, 98, 96, 97], 97)), execution=dict(slippagePercent=0.2))
    yield from pair("an entry on the close is not stopped by its own bar, and by the next open",
        ([buy(0, type="close", stopLoss=97)], (100, [100, 100, 90, 100], [95, 96, 94, 95], 95)),
        ([sell(0, type="close", stopLoss=103)], (100, [100, 110, 100, 100], [105, 106, 104, 105], 105)))
    # Entered at 100 with a margin of 5, 95.57 is the price of the liquidation of the long, 104.37 that of the short.
    yield from pair("the open is beyond the liquidation, and the margin bears no more", ([buy(0)], (100, 100, [90, 91, 89, 90], 90)),
        ([sell(0)], (100, 100, [110, 111, 109, 110], 110)), execution=ISOLATED)
    yield from pair("the open is beyond stop and liquidation: that comes at the open",
        ([buy(0, stopLoss=97)], (100, 100, [95, 96, 94, 95], 95)),
        ([sell(0, stopLoss=103)], (100, 100, [105, 106, 104, 105], 105)), execution=ISOLATED)
    yield from pair("liquidation at the open precedes an exit at the open",
        ([buy(0), leave(1, "long")], (100, 100, [95, 96, 94, 95], 95)),
        ([sell(0), leave(1, "short")], (100, 100, [105, 106, 104, 105], 105)), execution=ISOLATED | dict(slippagePercent=0.2))


def levels():
    def pair(name, long, short, **parts):
        yield told(f"levels: {name}, long", long[0], flat(*long[1]), **parts)
        yield told(f"levels: {name}, short", short[0], flat(*short[1]), **parts)
    down, up = [99, 100, 93, 94], [101, 107, 100, 106]
    yield from pair("the stop is before the liquidation", ([buy(0, stopLoss=97)], (100, 100, down, 94)),
        ([sell(0, stopLoss=103)], (100, 100, up, 106)), execution=ISOLATED)
    yield from pair("the stop is behind the liquidation", ([buy(0, stopLoss=95)], (100, 100, down, 94)),
        ([sell(0, stopLoss=105)], (100, 100, up, 106)), execution=ISOLATED)
    yield from pair("the stop slips behind the liquidation", ([buy(0, stopLoss=95.7)], (100, 100, down, 94)),
        ([sell(0, stopLoss=104.2)], (100, 100, up, 106)), execution=ISOLATED | dict(slippagePercent=0.3))
    both = [100, 107, 93, 100]
    yield from pair("stop and target in one bar: the stop", ([buy(0, stopLoss=97, takeProfit=103)], (100, 100, both, 100)),
        ([sell(0, stopLoss=103, takeProfit=97)], (100, 100, both, 100)))
    yield from pair("stop and target in one bar: the target by the rule",
        ([buy(0, stopLoss=97, takeProfit=103)], (100, 100, both, 100)),
        ([sell(0, stopLoss=103, takeProfit=97)], (100, 100, both, 100)), execution=dict(intrabar="target-first"))
    yield from pair("liquidation and target in one bar: the liquidation", ([buy(0, takeProfit=103)], (100, 100, both, 100)),
        ([sell(0, takeProfit=97)], (100, 100, both, 100)), execution=ISOLATED)
    yield from pair("liquidation and target in one bar: the target by the rule", ([buy(0, takeProfit=103)], (100, 100, both, 100)),
        ([sell(0, takeProfit=97)], (100, 100, both, 100)), execution=ISOLATED | dict(intrabar="target-first"))
    # 11 in lots: 3 at 101.5, 3 at 102.5, and the 5 that are left are stopped.
    yield from pair("a ladder and then the stop in one bar", ([buy(0, 11, stopLoss=97)], (100, 100, both, 100)),
        ([sell(0, 11, stopLoss=103)], (100, 100, both, 100)), settings=LADDER, execution=dict(intrabar="target-first"))
    yield from pair("the rest of a ladder is liquidated", ([buy(0, 11)], (100, 100, both, 100)),
        ([sell(0, 11)], (100, 100, both, 100)), settings=dict(takeProfit=[[1.5, 0.3], [2.5, 0.3], [20, 0.4]]),
        execution=ISOLATED | dict(intrabar="target-first"))
    yield told("levels: in the bar of the delisting stop and target count for nothing",
        [buy(0, stopLoss=97, takeProfit=103)], flat(100, 100, [100, 107, 93, 99], 99), instrument=dict(delisted=2))
    yield told("levels: one stop is one order, whose minimum is paid once",
        [buy(0, 12, stopLoss=97)], flat(100, 100, [98, 98, 96, 96], [96, 97, 95, 96], 96, volume=500),
        execution=RIVALS | dict(volumePercent=1))
    yield told("levels: what a stop has left works at the next open, in spite of the latency",
        [buy(0, 12, stopLoss=97)], flat(100, 100, 100, 100, [98, 98, 96, 96], 95, 94, volume=500),
        execution=dict(volumePercent=1, latencyBars=1))
    yield told("levels: the close of an entry moves its trailing stop", [buy(0)], flat(100, [100, 104, 96, 104], 104, 100),
        settings=dict(trailingStopPercent=3), execution=dict(fill="same-close", protectFrom="next-bar"))


def flips():
    """From one side to the other at one time, and both sides at once."""
    market = flat(100, 101, [102, 104, 98, 103], [103, 105, 99, 104], 104, 103)
    for name, execution, kind in (("at the open", {}, "market"), ("at its own close", dict(fill="same-close"), "market"),
            ("with the entry on the close", {}, "close"), ("with latency", dict(latencyBars=1), "market"),
            ("with a minimum for each order", RIVALS, "market"),
            ("with fees by turnover", dict(tiers=[[0, 0.1, 0.1], [900, 0.05, 0.02]], tierDays=3), "market"),
            ("with slippage", dict(slippagePercent=0.2), "market"), ("with isolated margin", ISOLATED, "market")):
        yield told(f"flip: {name}, to short", [buy(0), leave(2, "long"), sell(2, 7, type=kind), leave(4, "short")], market,
            execution=execution)
        yield told(f"flip: {name}, to long", [sell(0), leave(2, "short"), buy(2, 7, type=kind), leave(4, "long")], market,
            execution=execution)
    # 0.6 % of 1000 is 6 a bar: what closes comes first in the order of its making, too.
    yield told("flip: within the volume of the bars", [buy(0), leave(2, "long"), sell(2, 7), leave(5, "short")],
        flat(100, 100, 100, 101, 102, 103, 104, 105), execution=dict(volumePercent=0.6))
    # The entry of day 1 is older than the stop of day 3, for which its bar has no volume: the stop fills first.
    yield told("flip: what closes fills first", [buy(0, 6, stopLoss=97), buy(1, 20)],
        flat(100, 100, 100, [100, 100, 96, 98], 98, 99, 100, 101), execution=dict(volumePercent=0.6))
    both = [buy(0, 10, stopLoss=97, takeProfit=106), sell(0, 7, stopLoss=104, takeProfit=95)]
    yield told("both sides: one bar stops both", both, flat(100, 100, [100, 105, 96, 100], 100))
    yield told("both sides: one bar stops both with a minimum", both, flat(100, 100, [100, 105, 96, 100], 100), execution=RIVALS)
    yield told("both sides: one bar liquidates both", [buy(0), sell(0, 7)], flat(100, 100, [100, 106, 94, 100], 100), execution=ISOLATED)
    yield told("both sides: one gap liquidates the long and the target of the short pays", [buy(0), sell(0, 7, takeProfit=97)],
        flat(100, 100, [94, 95, 93, 94], 94), execution=ISOLATED)
    yield told("both sides: nights", [buy(0, 10), sell(0, 7), leave(4, "long"), leave(4, "short")], BARS,
        execution=dict(borrow=12, interest=8, leverage=5), cash=400)
    for name, instrument in (("a dividend", dict(actions=[dict(day=3, dividend=0.5)])), ("a split", dict(actions=[dict(day=3, split=2)])),
            ("funding", dict(funding=FUNDING)), ("a delisting", dict(delisted=3))):
        s = dict(instrument=instrument)
        yield told(f"both sides: {name}", [buy(0, 10), sell(0, 7), leave(4, "long"), leave(5, "short")], scaled_bars(s, BARS),
            instrument=instrument)
    yield told("both sides: only the long is left", [buy(0, 10), sell(0, 7), leave(2, "long")], BARS)


def lives():
    """Time in force."""
    dip = flat(100, 100, [100, 100, 97, 100], [100, 100, 96, 98], 98)
    for tif, more in (("day", {}), ("ioc", {}), ("fok", {}), ("gtd", dict(until=2)), ("gtd", dict(until=1)), ("gtd", dict(until=3))):
        name = tif + (f" until day {more['until']}" if more else "")
        for first in (0, 1):
            yield told(f"time in force: {name}, a limit of day {first}",
                [buy(first, type="limit", limit=96.5 + first, tif=tif, **more)], dip,
                execution=dict(makerPercent=-0.02, commissionPercent=0.1))
    rise = flat(100, 100, [100, 103, 100, 100], [100, 104, 100, 102], 102)
    for tif, more in (("day", {}), ("ioc", {}), ("gtd", dict(until=2))):
        yield told(f"time in force: {tif}, a stop order of day 0", [buy(0, type="stop", stop=102, tif=tif, **more)], rise)
        yield told(f"time in force: {tif}, a stop order of day 1", [buy(1, type="stop", stop=102, tif=tif, **more)], rise)
        yield told(f"time in force: {tif}, a stop order with latency", [buy(0, type="stop", stop=102, tif=tif, **more)], rise,
            execution=dict(latencyBars=1))
    # 0.6 % of 1000 is 6 a bar.
    for tif, more in (("", {}), ("day", {}), ("ioc", {}), ("fok", {}), ("gtd", dict(until=2))):
        for quantity in (5, 10):
            yield told(f"time in force: {tif or 'until it is cancelled'}, {quantity} at the market within the volume",
                [buy(0, quantity, tif=tif, **more), leave(3, "long")], flat(100, 100, 101, 102, 103, 104, 105),
                execution=RIVALS | dict(volumePercent=0.6))


def marks():
    """Mark prices decide on liquidation, the market on all else. The long of 100 is liquidated at 95.57."""
    still, wick = (100, 100, 100, 100), (100, 100, 95, 99)
    for name, bars, days, more in (
            ("the mark gets there and the market does not", (100, 100, [100, 100, 98, 99], 99), (still, still, wick, still), {}),
            ("the market gets there and the mark does not", (100, 100, [100, 100, 94, 99], 99), (still, still, still, still), {}),
            ("both get there", (100, 100, [100, 100, 94, 99], 99), (still, still, wick, still), {}),
            ("the mark opens beyond", (100, 100, [97, 98, 96, 97], 97), (still, still, (94, 95, 93, 94), still), {}),
            ("a stop comes first", (100, 100, [100, 100, 94, 99], 99), (still, still, wick, still), dict(stopLoss=97)),
            ("the market jumps over the margin, and the mark stays", (100, 100, [92, 93, 91, 92], 92), (still, still, still, still),
                dict(stopLoss=97)),
            ("a day without marks counts by its bar", (100, 100, [100, 100, 94, 99], 99), (still, still), {})):
        yield told(f"marks: {name}", [buy(0, **more), leave(3, "long")], flat(*bars, 99), execution=ISOLATED | dict(commissionPercent=0.1),
            instrument=dict(marks=marked(*days)))
        turned = [200 - d if isinstance(d, (int, float)) else [200 - d[0], 200 - d[2], 200 - d[1], 200 - d[3]] for d in bars]
        yield told(f"marks: {name}, short", [sell(0, **{k: 200 - v for k, v in more.items()}), leave(3, "short")],
            flat(*turned, 101), execution=ISOLATED | dict(commissionPercent=0.1),
            instrument=dict(marks=marked(*[(200 - o, 200 - l, 200 - h, 200 - c) for o, h, l, c in days])))
    yield told("marks: funding is paid on the mark of its time", [buy(0), sell(1, 4)], BARS,
        instrument=dict(funding=[[1, 0.0005, 99.5], [1.5, -0.0002, 101.25], [2.25, 0.001, 104]]))


def joints():
    """What random stories and the comparison of the hosts have brought."""
    split = dict(actions=[dict(day=3, split=2)])
    halved = flat(100, 100, 102.6, [50, 51, 50, 51], [51, 54, 50, 53.5], 53)
    # Of 11, lots of 30 % and 60 % are 3 and 6: both targets are done. Of the 22 after the split 60 % would be 13, one more than 12. At
    # 53 all 10 that are left leave together.
    yield told("split: a target that is done stays done, long", [buy(0, 11)], halved, settings=LADDER, instrument=split)
    yield told("split: a target that is done stays done, short", [sell(0, 11)],
        flat(100, 100, 97.4, [50, 50, 49, 49], [49, 50, 46, 46.5], 47), settings=LADDER, instrument=split)
    # The entry waits over the split: its stop of 98 is one of 49.
    for side, do, stop, target in (("long", buy, 98, 104), ("short", sell, 102, 96)):
        yield told(f"split: the stop of an entry that waits falls, {side}", [do(2, stopLoss=stop)],
            flat(100, 100, 100, [50, 50.5, 49.5, 50], [50, 52, 48, 50], 50), instrument=split)
        yield told(f"split: the target of an entry that waits falls, {side}", [do(2, takeProfit=target)],
            flat(100, 100, 100, [50, 50.5, 49.5, 50], [50, 52.5, 47.5, 50], 50), instrument=split)
    # The order moves the market from 100 to 105: at 105 the long is liquidated at 100.35, and the market has opened below that.
    yield told("impact: an entry that is liquidated by its own price", [buy(0, 25)], flat(100, [100, 105, 99, 104], 104, volume=100),
        execution=ISOLATED | dict(impact=90))
    # The larger one has paid 104, and is liquidated at 99.4 on the way to the stop of its strategy at 98.
    yield told("impact: a larger portfolio's margin ends before the stop of its strategy", [buy(0, 10, stopLoss=98)],
        [*flat(100, [100, 104, 100, 101], 101, volume=80), *flat([101, 101, 96, 97], 97, volume=100_000)],
        execution=ISOLATED | dict(impact=1))
    # 6 at the close of day 1 and 4 at that of day 2: the range of day 2 was that of 6 alone.
    yield told("volume: what is added at a close was not exposed to its bar", [buy(0, 10, type="close"), leave(3, "long")],
        flat(100, 100, [100, 110, 99, 110], 108, 107), execution=ISOLATED | dict(volumePercent=0.6))
    # The larger one has paid 104 for what its strategy got at 101.56: it alone is liquidated at the open of day 3, before the fundings
    # of that day.
    yield told("funding: what is liquidated at the open pays none of the bar, in the larger portfolio", [buy(0, 10), leave(4, "long")],
        flat(100, [100, 104, 100, 104], 104, [99, 100, 98, 99], 99, 99, volume=80),
        execution=ISOLATED | dict(impact=1), instrument=dict(funding=FUNDING))
    for fill in ("next-open", "same-close"):
        yield told(f"funding: an entry after flat days pays none of theirs, {fill}", [buy(4), leave(6, "long")], BARS,
            execution=dict(fill="same-close") if fill == "same-close" else {}, instrument=dict(funding=FUNDING))
    yield told("funding: the rate at the open counts before the exit there", [buy(0), leave(2, "long")], BARS,
        instrument=dict(funding=[[3, 0.001]]))
    # Of 25, lots of 30 % and 60 % are 7 and 15, where the strategy's are 3 and 6 of 10.
    yield told("ladder: the lots of a larger portfolio round sums too", [buy(0, 10)],
        flat(100, 100, [101, 102, 101, 102], [102, 103, 102, 103], 103), settings=LADDER)
    # The larger account is in the second tier with its first fill.
    for name, quantity in (("two entries", 5), ("entries beyond the tier", 12)):
        yield told(f"tiers: {name} and their exits", [buy(0, quantity), buy(1, quantity), leave(3, "long"), sell(5, quantity)],
            execution=dict(tiers=[[0, 0.1, 0.1], [900, 0.05, 0.02], [3000, 0.02, 0.01]], tierDays=3))
    yield told("tiers: makers and a minimum", [buy(0, 5, type="limit", limit=99.5), leave(3, "long"), buy(4, 12)],
        execution=dict(tiers=[[0, 0.1, 0.02], [900, 0.05, -0.02]], tierDays=30, minimum=1, perOrder=0.1))


def several():
    """Several symbols on one account: cash, turnover, loan and margin are shared."""
    second = [(50, 51, 49, 50, 1000), (50, 52, 49, 51, 1000), (51, 52, 49, 50, 1000), (50, 51, 46, 47, 1000), (47, 49, 46, 48, 1000),
        (48, 50, 47, 49, 1000), (49, 50, 48, 49, 1000), (49, 51, 48, 50, 1000), (50, 51, 49, 50, 1000)]

    def other(day, do, quantity=14, **more):
        return day, do, dict(symbol=1) | ({} if do.startswith("leave") else dict(quantity=quantity)) | more

    def both(name, acts, bars=BARS, others=second, instrument={}, **parts):
        return told(f"two symbols: {name}", acts, bars, others=[dict(instrument=dict(lot=1) | instrument, bars=[list(b) for b in others])],
            **parts)

    longs = [buy(0), other(0, "buy"), leave(4, "long"), other(5, "leave long")]
    for name, execution in (("a commission", dict(commissionPercent=0.1)), ("a minimum", RIVALS),
            ("the turnover of both lowers the fee", dict(tiers=[[0, 0.1, 0.1], [900, 0.05, 0.02]], tierDays=3)),
            ("slippage", dict(slippagePercent=0.2)), ("impact", dict(impact=90)), ("latency", dict(latencyBars=1)),
            ("their own closes", dict(fill="same-close")), ("isolated margin", ISOLATED)):
        yield both(name, longs, execution=execution)
        yield both(name + ", shorts", [sell(0), other(0, "sell"), leave(4, "short"), other(5, "leave short")],
            execution=execution)
    yield both("each has its own volume", longs, execution=dict(volumePercent=0.6))
    # 400 of cash carry 1,000 and 700: both owe the loan by their value, and of each night by what it was before it.
    loan = dict(interest=8, borrow=12, leverage=5)
    yield both("one loan", longs, execution=loan, cash=400)
    yield both("one loan, for a long and a short", [buy(0), other(0, "sell"), leave(4, "long"), other(5, "leave short")],
        execution=loan, cash=800)
    yield both("proceeds of a short do not carry the loan of a long",
        [buy(0), other(1, "sell", 30), leave(4, "long"), other(5, "leave short")],
        execution=loan, cash=900)
    yield both("dividend and split of one", longs, others=second,
        instrument=dict(actions=[dict(day=3, dividend=0.5)]))
    yield both("a split of one", [buy(0), other(0, "buy"), leave(4, "long"), other(5, "leave long")],
        others=second[:3] + [(*(x / 2 for x in b[:4]), b[4]) for b in second[3:]], instrument=dict(actions=[dict(day=3, split=2)]))
    yield both("funding of one", longs, instrument=dict(funding=FUNDING))
    yield both("a delisting of one", longs, instrument=dict(delisted=3))
    yield both("stop and target in one bar of both", [buy(0, stopLoss=97), other(0, "buy", takeProfit=51.5)])
    yield both("a multiplier", longs, instrument=dict(multiplier=5))
    yield both("from one to the other at one open", [buy(0), leave(2, "long"), other(2, "buy"), other(4, "leave long"), buy(4)],
        execution=RIVALS)
    yield both("one is liquidated, the other is not", [buy(0), other(0, "buy")], flat(100, 100, [100, 100, 94, 95], 95),
        flat(50, 50, 50, 50), execution=ISOLATED)
    yield both("both are liquidated in one bar", [buy(0), other(0, "sell")], flat(100, 100, [100, 100, 94, 95], 95),
        flat(50, 50, [50, 53, 50, 52], 52), execution=ISOLATED)
    # Margin is shared: 150 carry 1,000 and 700. At 92 and 46.5 there are 150 - 80 - 49 = 21, and 0.6 % of 1,571 is 9.43: it goes on; at 91
    # and 46 the 4 that are left are less than 9.32, and the exchange takes them.
    cross = dict(margin="cross", leverage=20, maintenance=0.5, liquidationFee=0.1)
    yield both("cross margin carries both", [buy(0), other(0, "buy"), leave(2, "long"), other(2, "leave long")],
        flat(100, 100, 92, 92), flat(50, 50, 46.5, 46.5), execution=cross, cash=150)
    yield both("cross margin is used up at the closes", [buy(0), other(0, "buy")], flat(100, 100, 92, 91, 91), flat(50, 50, 46.5, 46, 46),
        execution=cross, cash=150)
    yield both("the gain of one carries the loss of the other", [buy(0), other(0, "sell")], flat(100, 100, 92, 88, 88),
        flat(50, 50, 46, 43, 43), execution=cross, cash=150)
    # Where only one is held, its price is known: 60 carry 1,000, and 10 · p - 940 = 0.006 · 10 · p at 94.57.
    for name, day in (("a wick", [100, 100, 93, 99]), ("a gap", [93.5, 99, 93, 99])):
        yield both(f"{name} liquidates the one that is held", [buy(0)], flat(100, 100, day, 99), flat(50, 50, 50, 50),
            execution=cross, cash=60)
        yield both(f"{name} liquidates the other that is held, a short", [other(0, "sell", 20)], flat(100, 100, 100, 100),
            flat(50, 50, [100 - d / 2 for d in (day[0], day[2], day[1], day[3])], 50), execution=cross, cash=60)
    yield both("no loan is owed for a margined future", [buy(0), other(0, "buy"), leave(4, "long"), other(5, "leave long")],
        execution=loan, cash=500, instrument=dict(marginPerUnit=10))
    yield both("an account without equity ends at the closes", [buy(0), other(0, "buy")], flat(100, 100, 92, 80, 80),
        flat(50, 50, 46.5, 40, 40), execution=dict(leverage=10), cash=250)


def named():
    return itertools.chain(gaps(), levels(), flips(), lives(), marks(), joints(), several())


# ---- random stories ----

def random_bars(draw, days):
    """Bars of a market that moves by some percent a day, with gaps at the open."""
    bars, close = [], 100.0
    for _ in range(days):
        opened = close * (1 + draw.gauss(0, 0.01))
        close = opened * (1 + draw.gauss(0, 0.02))
        high = max(opened, close) * (1 + abs(draw.gauss(0, 0.01)))
        low = min(opened, close) * (1 - abs(draw.gauss(0, 0.01)))
        bars.append((round(opened, 2), round(high, 2), round(low, 2), round(close, 2), draw.randrange(200, 3000)))
    return [(o, max(o, h, c), min(o, l, c), c, v) for o, h, l, c, v in bars]


def random_story(draw, number):
    """One side, two to four entries with exits between them, under one to six rules."""
    side = draw.choice((BUY, SELL))
    names, groups = [], set()
    for name in draw.sample(sorted(RULES), draw.randrange(1, 7)):
        if RULES[name]["group"] not in groups:
            groups.add(RULES[name]["group"])
            names.append(name)
    s = story(names, side, random_bars(draw, draw.randrange(7, 12)))
    s["name"] = f"{number}: {s['name']}"
    word, acts, day = "buy" if side == BUY else "sell", [], 0
    # Orders that the account can pay for.
    most = 5 if "interest" in names else 30
    while day < len(s["bars"]) - 1:
        act = dict(day=day, do=word, quantity=draw.randrange(1, most))
        for key in ("type", "limit", "stop", "stopLoss", "takeProfit"):
            if key in s["acts"][0]:
                act[key] = s["acts"][0][key]
        # Prices of an order are near the close of its day, on the side where they wait.
        close = s["bars"][day][3]
        for key, away in dict(limit=-1, stop=1, stopLoss=-3, takeProfit=3).items():
            if key in act:
                act[key] = round(close * (1 + side * away * draw.uniform(0.2, 1.2) / 100), 2)
        acts.append(act)
        day += draw.randrange(1, 5)
        if day < len(s["bars"]) - 1 and draw.random() < 0.8:
            acts.append(dict(day=day, do="leave " + ("long" if side == BUY else "short")))
            day += draw.randrange(1, 3)
    s["acts"] = acts
    return with_outcomes(s)


def random_stories(count, seed):
    draw = random.Random(seed)
    for number in range(count):
        yield random_story(draw, number)


if __name__ == "__main__":
    written = random_stories(*map(int, sys.argv[1:3])) if len(sys.argv) > 1 else itertools.chain(stories(), named())
    print("[\n" + ",\n".join(json.dumps(s) for s in written) + "\n]")
