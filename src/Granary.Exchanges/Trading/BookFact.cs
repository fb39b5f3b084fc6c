using System.Text.Json.Serialization;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>One entry of the adapter's own journal. The state of <see cref="VenueBook"/> is a function of these entries.</summary>
[JsonDerivedType(typeof(AccountBegun), "begun")]
[JsonDerivedType(typeof(OrderMade), "order")]
[JsonDerivedType(typeof(OrderForgotten), "forgotten")]
[JsonDerivedType(typeof(OrderStood), "state")]
[JsonDerivedType(typeof(FillBooked), "fill")]
[JsonDerivedType(typeof(FundingBooked), "funding")]
[JsonDerivedType(typeof(ForcedBooked), "forced")]
[JsonDerivedType(typeof(StopMovedTo), "stop")]
[JsonDerivedType(typeof(TrailMoved), "trail")]
[JsonDerivedType(typeof(ProtectedBy), "protect")]
internal abstract record BookFact;

/// <summary>The account was traded for the first time.</summary>
/// <param name="Holdings">The owner's holdings of each base currency or contract then; not positions of the session.</param>
/// <param name="At">By the exchange's clock.</param>
internal sealed record AccountBegun(Dictionary<string, decimal> Holdings, DateTimeOffset At) : BookFact;

/// <summary>An order that will be sent next.</summary>
/// <param name="Leg">Empty for an order of the session; "stop", "target" or "trail" for an order that protects an entry.</param>
/// <param name="Entry">Client id of the protected entry; empty for an order of the session.</param>
/// <param name="SentId">The client order id at the exchange.</param>
/// <param name="Quantity">Base units in whole lots; at most the order's quantity.</param>
/// <param name="ValidUntil">The exchange rejects the request after this time by its own clock.</param>
internal sealed record OrderMade(BrokerOrder Order, string Leg, string Entry, string SentId, decimal Quantity, DateTimeOffset At,
    DateTimeOffset ValidUntil) : BookFact;

/// <summary>The exchange never received the order, so it can be sent again.</summary>
internal sealed record OrderForgotten(string ClientId) : BookFact;

/// <summary>State of an order.</summary>
internal sealed record OrderStood(string ClientId, string VenueId, OrderState State, string Reason) : BookFact;

/// <summary>An execution.</summary>
/// <param name="Quantity">Base units before the fee.</param>
/// <param name="FeeInQuote">The fee's value in quote currency.</param>
internal sealed record FillBooked(string ClientId, string ExecutionId, decimal Price, decimal Quantity, decimal Fee, string FeeCurrency,
    decimal FeeInQuote, DateTimeOffset At) : BookFact;

/// <summary>A funding payment of a perpetual contract.</summary>
internal sealed record FundingBooked(string Id, string Symbol, decimal Amount, DateTimeOffset At) : BookFact;

/// <summary>An execution that the exchange initiated and that does not close an open trade.</summary>
/// <param name="Quantity">Base units.</param>
/// <param name="Fee">Quote currency.</param>
internal sealed record ForcedBooked(string Id, string Symbol, Side Side, decimal Price, decimal Quantity, decimal Fee, DateTimeOffset At)
    : BookFact;

/// <summary>The session moved the stop of an entry.</summary>
internal sealed record StopMovedTo(string ClientId, double Price) : BookFact;

/// <summary>An operator set the stop and target of an entry; 0 = none.</summary>
internal sealed record ProtectedBy(string ClientId, double Stop, double Target) : BookFact;

/// <summary>The best price since the entry, for its trailing stop.</summary>
internal sealed record TrailMoved(string ClientId, double Best) : BookFact;
