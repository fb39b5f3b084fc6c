namespace Granary.Exchanges.Connections;

/// <summary>The exchange answered, and refuses. Nothing was done.</summary>
/// <param name="code">The exchange's.</param>
/// <param name="message">In the exchange's words.</param>
internal sealed class VenueRefusalException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
