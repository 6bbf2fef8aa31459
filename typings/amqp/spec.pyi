class Basic:
    Publish: tuple[int, int]
    Ack: tuple[int, int]
    Qos: tuple[int, int]
