namespace Granary.Reinforcement.Policies;

/// <summary>Mean and variance of columns, updated in blocks (Chan, Golub and LeVeque 1983).</summary>
internal sealed class RunningMoments(int columns)
{
    /// <summary>The number of rows.</summary>
    public double Count { get; private set; }

    public double[] Mean { get; } = new double[columns];

    /// <summary>Sum of the squared deviations from the mean.</summary>
    public double[] Squares { get; } = new double[columns];

    /// <summary>Population variance over all rows; 1 before the first row.</summary>
    public double Variance(int column) => Count > 0 ? Squares[column] / Count : 1;

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<double> row)
    {
        Count++;
        var share = 1 / Count;
        for (var c = 0; c < Mean.Length; c++)
        {
            var difference = row[c] - Mean[c];
            Mean[c] += difference * share;
            Squares[c] += difference * (row[c] - Mean[c]);
        }
    }

    /// <summary>Adds the rows of another instance.</summary>
    public void Add(RunningMoments other)
    {
        if (other.Count == 0) return;
        var total = Count + other.Count;
        for (var c = 0; c < Mean.Length; c++)
        {
            var difference = other.Mean[c] - Mean[c];
            Mean[c] += difference * (other.Count / total);
            Squares[c] += other.Squares[c] + difference * difference * (Count * other.Count / total);
        }
        Count = total;
    }

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        Count = 0;
        Array.Clear(Mean);
        Array.Clear(Squares);
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Count);
        foreach (var value in Mean) writer.Write(value);
        foreach (var value in Squares) writer.Write(value);
    }

    internal void Read(BinaryReader reader)
    {
        Count = reader.ReadDouble();
        for (var c = 0; c < Mean.Length; c++) Mean[c] = reader.ReadDouble();
        for (var c = 0; c < Squares.Length; c++) Squares[c] = reader.ReadDouble();
    }
}
