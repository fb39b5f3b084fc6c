using Granary.Engine.Market;

namespace Granary.Data.Exchanges;

/// <summary>What an exchange says in one message, in our own terms. Its spellings stop at the parser.</summary>
/// <param name="Time">The exchange's clock, UTC ticks; 0 where the message has none.</param>
public abstract record ExchangeMessage(long Time);

/// <summary>A bar as it stands.</summary>
/// <param name="Symbol">As the exchange spells it.</param>
/// <param name="Closed">Whether it is final; null where the exchange does not say, and the next bar tells.</param>
public sealed record ExchangeKline(long Time, string Symbol, Timeframe Timeframe, Bar Bar, bool? Closed) : ExchangeMessage(Time);

/// <summary>The connection lives: a welcome, an acknowledgement, a pong.</summary>
/// <param name="IsWelcome">Requests are taken from now on.</param>
public sealed record ExchangeSign(long Time, bool IsWelcome = false) : ExchangeMessage(Time);

/// <summary>The exchange refuses what was asked for.</summary>
/// <param name="Reason">In its own words.</param>
public sealed record ExchangeRefusal(long Time, string Reason) : ExchangeMessage(Time);
