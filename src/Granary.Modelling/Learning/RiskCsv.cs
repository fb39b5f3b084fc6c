using System.Globalization;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Risk;

namespace Granary.Modelling.Learning;

/// <summary>Writes risk.csv: the predictions of the risk models for each entry, and the resulting cap.</summary>
public static class RiskCsv
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string Name = "risk.csv";

    public static void Write(TextWriter writer, BatchPlan plan, IEnumerable<RiskAnswer> answers)
    {
        using var csv = CsvText.Open(writer);
        foreach (var column in (string[])["strategy", "symbol", "number", "known", "side", "prediction", "cap", "cap_of", "drawdown",
            "exposure", "positions", "win_rate"]) csv.WriteField(column);
        csv.NextRecord();
        foreach (var a in answers)
        {
            csv.WriteField(plan.Instances[a.Strategy].Id);
            csv.WriteField(a.Symbol);
            csv.WriteField(a.Number);
            csv.WriteField(RunText.Time(a.Known));
            csv.WriteField(RunText.Of(a.Side));
            csv.WriteField(Number(a.Prediction));
            csv.WriteField(Number(a.Cap.Fraction));
            csv.WriteField(a.Cap.OfSymbol ? "symbol" : "portfolio");
            csv.WriteField(Number(a.State.Drawdown));
            csv.WriteField(Number(a.State.Exposure));
            csv.WriteField(a.State.Positions);
            csv.WriteField(Number(a.State.WinRate));
            csv.NextRecord();
        }
    }

    // Empty if the number is undefined or there is no cap.
    private static string Number(double value) => double.IsFinite(value) ? RunText.Number(value) : "";
}
