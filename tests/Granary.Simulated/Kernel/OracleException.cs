namespace Granary.Simulated.Kernel;

/// <summary>A demand that every run must meet was not met.</summary>
/// <param name="oracle">The name of the demand.</param>
internal sealed class OracleException(string oracle, string message) : Exception($"{oracle}: {message}")
{
    public string Oracle { get; } = oracle;
}

/// <summary>What every run must meet.</summary>
internal static class Oracle
{
    public static void Demand(bool holds, string oracle, FormattableString message)
    {
        if (!holds) throw new OracleException(oracle, FormattableString.Invariant(message));
    }
}
