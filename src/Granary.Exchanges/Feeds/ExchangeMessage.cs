using Granary.Engine.Market;

namespace Granary.Exchanges.Feeds;

/// <summary>Content of one message of an exchange, in Granary's terms. The parser translates the exchange's spellings.</summary>
/// <param name="Time">The exchange's clock, UTC ticks; 0 where the message has none.</param>
internal abstract record ExchangeMessage(long Time);

/// <summary>Current state of a bar.</summary>
/// <param name="Symbol">As the exchange spells it.</param>
/// <param name="Closed">Whether it is final; null where the exchange does not say, and the next bar tells.</param>
internal sealed record ExchangeKline(long Time, string Symbol, Timeframe Timeframe, Bar Bar, bool? Closed) : ExchangeMessage(Time);

/// <summary>A message that only shows that the connection works: a welcome, an acknowledgement or a pong.</summary>
/// <param name="IsWelcome">Whether the exchange accepts requests from now on.</param>
internal sealed record ExchangeSign(long Time, bool IsWelcome = false) : ExchangeMessage(Time);

/// <summary>The exchange rejects a request.</summary>
/// <param name="Reason">The reason, in the exchange's words.</param>
internal sealed record ExchangeRefusal(long Time, string Reason) : ExchangeMessage(Time);
