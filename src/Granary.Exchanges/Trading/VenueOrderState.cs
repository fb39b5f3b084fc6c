using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>State of an order at the exchange.</summary>
/// <param name="ClientId">Empty where the exchange does not give it.</param>
/// <param name="VenueId">The order to which its fills belong: for a triggered stop the order that it became.</param>
/// <param name="State">Submitted, PartiallyFilled, Filled, Cancelled, Rejected or Expired.</param>
/// <param name="Filled">Base units.</param>
internal sealed record VenueOrderState(string ClientId, string VenueId, string Listed, OrderState State, decimal Filled, string Reason);
