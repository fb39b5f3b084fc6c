namespace Granary.Api;

/// <summary>A strategy's id as the part of a path.</summary>
internal static class StrategyPath
{
    /// <summary>Returns the id. A slash in a path stays encoded; symbols such as BTC/USDT contain one.</summary>
    public static string Decoded(string part) => part.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
