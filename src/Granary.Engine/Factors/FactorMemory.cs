namespace Granary.Engine.Factors;

/// <summary>The number of values that all factor caches of a batch may hold together.</summary>
internal sealed class FactorBudget(long values)
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
/// Cache of a feed's factor columns. The first pass over all bars fills it and later passes read it: for example, the pass of the
/// strategies whose trades a model learns from, that of the model's features, and the run with the model. Columns that exceed the budget
/// are computed in each pass. A cancelled pass leaves nothing.
/// </summary>
/// <param name="bars">The number of bars of the feed; each pass covers all of them.</param>
internal sealed class FactorMemory(long bars, FactorBudget budget)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    /// <summary>Returns a kernel that reads the cached columns, or <paramref name="kernel"/> with its output recorded.</summary>
    /// <param name="kernel">A new kernel, before its first bar.</param>
    internal FactorKernel Of(FactorRequest request, FactorKernel kernel)
    {
        // A factor that compares with another symbol depends on more than this feed's bars.
        if (kernel.ReferenceSymbols.Count > 0 || bars is <= 0 or > int.MaxValue) return kernel;
        var lines = request.Definition.Lines.Count;
        lock (_gate)
        {
            var found = _columns.TryGetValue(request.Key, out var column);
            if (found && column!.IsWhole) return new Reader(kernel, column);
            // A new column replaces an incomplete one: its pass was interrupted, or still runs and is then no longer cached.
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
            // The feed has more bars than announced, so the column can never be complete.
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
