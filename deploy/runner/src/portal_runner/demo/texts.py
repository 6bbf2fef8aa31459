"""What the demo practitioner has written. All made up."""

SUMMARIES = (
    """## What we spoke about

The past two weeks, and the mornings that went well: **getting up before the phone**, and a
walk before work.

## Until next time

- Keep the walk on three mornings
- Note in the evening what helped""",
    """## What we spoke about

The conversation with your sister, and how you said what you wanted without explaining it
twice.

## Until next time

- One evening this week without plans
- The breathing exercise before bed""",
    """## What we spoke about

Work: where your tasks end and others’ begin. We drew the two circles; the list is in your
notebook.

> “I can say that I will think about it.”

## Until next time

1. Try that sentence once
2. Notice what happens right after""",
    """## What we spoke about

Sleep. It is better since the evening walk, and harder on Sundays.

## Until next time

- Keep the same hour for getting up, also at the weekend""",
    """## What we spoke about

A look back at the past quarter: what is easier, what still needs care. You named **four
things** that you would not have done in spring.

## Until next time

- Choose one of them to go on with""",
)

SUMMARIES_DE = (
    """## Worüber wir gesprochen haben

Die letzten zwei Wochen und die Vormittage, die gut waren: **erst aufstehen, dann das
Telefon**.

## Bis zum nächsten Mal

- Dreimal in der Woche der Spaziergang
- Abends notieren, was geholfen hat""",
    """## Worüber wir gesprochen haben

Das Gespräch mit Ihrer Mutter, und wie Sie bei Ihrem Wunsch geblieben sind.

## Bis zum nächsten Mal

- Ein Abend ohne Verabredung""",
    """## Worüber wir gesprochen haben

Die Arbeit: wo Ihre Aufgaben enden. Die beiden Kreise stehen in Ihrem Heft.

## Bis zum nächsten Mal

1. Den Satz einmal ausprobieren
2. Bemerken, was danach geschieht""",
)

NOTE = "Arrived a little early, spoke more freely than last time. Ask about the move in January."
