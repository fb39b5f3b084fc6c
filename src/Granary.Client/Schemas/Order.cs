// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Order
{
    /// <summary>pause, resume, flatten, reload, stop, enable, disable, close.</summary>
    public string? Command { get; init; }

    /// <summary>Kept in the journal beside the key's name.</summary>
    public string? Why { get; init; }

    /// <summary>The strategy to enable or disable.</summary>
    public string? Strategy { get; init; }

    /// <summary>Or all strategies of a symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>The trade to close: `entry` of a trade of the status.</summary>
    public string? Trade { get; init; }
}
