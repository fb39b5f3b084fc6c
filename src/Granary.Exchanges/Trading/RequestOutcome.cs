using Granary.Engine.Brokerage;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Outcome of one of several requests that were made at the same time.</summary>
/// <param name="Value">The value of an answered request; otherwise the default.</param>
/// <param name="Refusal">Why the exchange refuses it; null where it does not.</param>
/// <param name="Fault">Why its outcome is unknown; null where it is known.</param>
internal readonly record struct RequestOutcome<T>(T? Value, VenueRefusalException? Refusal, BrokerUnavailableException? Fault);
