from amqp.basic_message import Message as _Message

Message: type[_Message]
