namespace Granary.Exchanges.Connections;

/// <summary>The exchange rejected a request. The request had no effect.</summary>
/// <param name="code">The exchange's error code.</param>
/// <param name="message">The message in the exchange's words.</param>
internal sealed class VenueRefusalException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
