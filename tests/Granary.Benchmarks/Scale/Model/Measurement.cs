using System.Globalization;

namespace Granary.Benchmarks.Scale.Model;

/// <summary>A row of measured.csv: what a cluster spent on some batches, or while it was idle.</summary>
/// <param name="Use">"fit", or "check" for a case that the model was not fitted to.</param>
/// <param name="Batches">Equal batches, one after the other; 0 = idle.</param>
/// <param name="Strategies">Of each batch, over all symbols.</param>
/// <param name="Bars">Of each symbol.</param>
/// <param name="Groups">Strategy groups that silos began, of all batches.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="ProcessorSeconds">Of all silos, in the user's and the kernel's mode.</param>
/// <param name="BusiestSeconds">Processor time of the silo that spent most: in a batch the one with the reporting grain.</param>
/// <param name="Statements">That the database executed.</param>
/// <param name="Rows">That they read or changed.</param>
/// <param name="LogBytes">Of the database's write-ahead log.</param>
/// <param name="NetworkBytes">Sent from silo to silo.</param>
/// <param name="PeakMegabytes">Resident memory of the largest silo.</param>
internal sealed record Measurement(string Use, double Silos, double Batches, double Strategies, double Symbols, double Bars, double Groups,
    double Seconds, double ProcessorSeconds, double BusiestSeconds, double Statements, double Rows, double LogBytes, double NetworkBytes,
    double PeakMegabytes)
{
    /// <summary>Silos times seconds.</summary>
    public double SiloSeconds => Silos * Seconds;

    /// <summary>Ordered pairs of silos times seconds.</summary>
    public double PairSeconds => Silos * (Silos - 1) * Seconds;

    /// <summary>Strategies of all batches.</summary>
    public double Outcomes => Batches * Strategies;

    /// <summary>Bars times strategies.</summary>
    public double Evaluations => Outcomes * Bars;

    /// <summary>Feeds of all batches.</summary>
    public double Feeds => Batches * Symbols;

    /// <summary>Processor time of the busiest silo beyond the mean of the others.</summary>
    public double ReportingSeconds => BusiestSeconds - (ProcessorSeconds - BusiestSeconds) / Math.Max(1, Silos - 1);

    /// <summary>Bars of all symbols and batches.</summary>
    public double FeedBars => Batches * Symbols * Bars;

    public static IReadOnlyList<Measurement> Read(string path) => [.. File.ReadLines(path).Skip(1).Select(line =>
    {
        var cells = line.Split(',');
        double Of(int i) => double.Parse(cells[i], CultureInfo.InvariantCulture);
        return new Measurement(cells[0], Of(1), Of(2), Of(3), Of(4), Of(5), Of(6), Of(7), Of(8), Of(9), Of(10), Of(11), Of(12),
            Of(13), Of(14));
    })];
}
