namespace Granary.Engine.Trading.Execution;

/// <summary>What an account holds of each symbol, longs less shorts, as a venue keeps it.</summary>
public sealed class NetPositions
{
    // Sums of fills leave rounding errors: less than this part of a fill is nothing.
    private const double Rounding = 1e-9;

    private readonly Dictionary<string, double> _bySymbol = new(StringComparer.Ordinal);

    /// <summary>Base units by symbol; negative is short, and a symbol that was closed is 0.</summary>
    public IReadOnlyDictionary<string, double> BySymbol => _bySymbol;

    /// <summary>Base units; 0 where nothing is held.</summary>
    public double Of(string symbol) => _bySymbol.GetValueOrDefault(symbol);

    /// <summary>Books a fill.</summary>
    /// <param name="quantity">Base units, positive.</param>
    public void Book(string symbol, Side side, double quantity)
    {
        var position = Of(symbol) + (int)side * quantity;
        _bySymbol[symbol] = Math.Abs(position) < Rounding * quantity ? 0 : position;
    }

    /// <summary>Books a difference that was found in a comparison with the broker.</summary>
    /// <param name="difference">Base units; negative where less is held.</param>
    public void Adjust(string symbol, double difference) => _bySymbol[symbol] = Of(symbol) + difference;
}
