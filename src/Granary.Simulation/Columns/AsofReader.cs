using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Engine.Market;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Columns;

/// <summary>Reads the rows of a slower series one by one.</summary>
internal sealed class AsofReader : IDisposable
{
    public void Dispose() { }
    public static AsofReader Open(AsofKeys keys) => throw new NotSupportedException();
    public bool HasSymbols => false;
    public bool Next() => false;
    public string Symbol => "";
    public long Stamp => 0;
    public double? Number(int c) => null;
    public BarDataException Unsorted() => throw new NotSupportedException();
}
