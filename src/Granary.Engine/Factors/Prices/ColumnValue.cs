namespace Granary.Engine.Factors.Prices;

/// <summary>A further column of the bars.</summary>
[Factor("column", "A further column of the bars, by its name in the source: open interest, a score ([columns](columns.md)).",
    Formula = "the bar's value in the column", Source = "the feed", Range = "that of the column",
    Undefined = "at bars without a value in the column")]
internal sealed class ColumnValue(string name) : FactorKernel
{
    public override int WarmUp => 1;

    public override IReadOnlyList<string> Columns { get; } = [name];

    public override void Process(in FactorInput bars, in FactorOutput lines) => bars.Column(name).CopyTo(lines[0]);
}
