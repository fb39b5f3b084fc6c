namespace Granary.Engine.Factors;

/// <summary>How many values the memories of a batch may hold together.</summary>
public sealed class FactorBudget(long values)
{
    private long _left = values;

    internal bool TryTake(long count)
    {
        if (Interlocked.Add(ref _left, -count) >= 0) return true;
        Interlocked.Add(ref _left, count);
        return false;
    }
}

/// <summary>
/// The columns of a feed's factors, left by the first pass over all its bars to the later ones, as from the strategies whose trades a model
/// learns to the model's features, and from these to the run that asks the model. What does not fit into the budget is computed in each
/// pass. A pass that breaks off leaves nothing.
/// </summary>
/// <param name="bars">How many the feed has, each pass from its first to its last.</param>
public sealed class FactorMemory(long bars, FactorBudget budget)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    /// <summary>The kernel of a pass: one that reads what an earlier pass left, or <paramref name="kernel"/>, overheard.</summary>
    /// <param name="kernel">Ready for the first bar.</param>
    internal FactorKernel Of(FactorRequest request, FactorKernel kernel)
    {
        // What compares with another symbol depends on more than this feed's bars.
        if (kernel.ReferenceSymbols.Count > 0 || bars is <= 0 or > int.MaxValue) return kernel;
        var lines = request.Definition.Lines.Count;
        lock (_gate)
        {
            var found = _columns.TryGetValue(request.Key, out var column);
            if (found && column!.IsWhole) return new Reader(kernel, column);
            // Begun and not ended: its pass broke off, or is under way and goes on without being kept.
            if (!found && !budget.TryTake(bars * lines)) return kernel;
            column = new Column(lines, (int)bars);
            _columns[request.Key] = column;
            return new Writer(kernel, column);
        }
    }

    private sealed class Column(int lines, int bars)
    {
        private volatile bool _isWhole;

        public double[][] Lines { get; } = [.. Enumerable.Range(0, lines).Select(_ => new double[bars])];

        public bool IsWhole => _isWhole;

        public void End() => _isWhole = true;
    }

    private abstract class Pass(FactorKernel kernel) : FactorKernel
    {
        protected int Seen { get; set; }

        public override int WarmUp => kernel.WarmUp;

        public override int WarmUpOf(int line) => kernel.WarmUpOf(line);
    }

    private sealed class Writer(FactorKernel kernel, Column column) : Pass(kernel)
    {
        private readonly FactorKernel _kernel = kernel;

        public override void Process(in FactorInput bars, in FactorOutput lines)
        {
            _kernel.Process(bars, lines);
            // More bars than were announced: then the column is never whole.
            if (Seen < 0 || Seen + bars.Count > column.Lines[0].Length)
            {
                Seen = -1;
                return;
            }
            for (var line = 0; line < column.Lines.Length; line++) lines[line].CopyTo(column.Lines[line].AsSpan(Seen));
            Seen += bars.Count;
            if (Seen == column.Lines[0].Length) column.End();
        }
    }

    private sealed class Reader(FactorKernel kernel, Column column) : Pass(kernel)
    {
        public override void Process(in FactorInput bars, in FactorOutput lines)
        {
            for (var line = 0; line < column.Lines.Length; line++) column.Lines[line].AsSpan(Seen, bars.Count).CopyTo(lines[line]);
            Seen += bars.Count;
        }
    }
}
