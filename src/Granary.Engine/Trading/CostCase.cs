namespace Granary.Engine.Trading;

/// <summary>The costs of a pass over the bars.</summary>
public enum CostCase : byte
{
    /// <summary>The costs of the batch.</summary>
    AsSet,
    /// <summary>Every cost doubled and every order one bar later.</summary>
    Stressed,
    /// <summary>Measured slippage at the upper end of its interval.</summary>
    Upper,
}
