using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>One execution.</summary>
/// <param name="ExecutionId">Unique within the instrument and the side.</param>
/// <param name="OrderId">The exchange's id of the order.</param>
/// <param name="Quantity">Base units.</param>
/// <param name="Fee">The fee; positive if paid.</param>
/// <param name="FeeCurrency">The exchange's name of the currency.</param>
internal sealed record VenueFill(string ExecutionId, string OrderId, string Listed, Side Side, decimal Price, decimal Quantity,
    decimal Fee, string FeeCurrency, DateTimeOffset At);
