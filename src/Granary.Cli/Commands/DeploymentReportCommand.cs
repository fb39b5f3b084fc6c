using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Contracts.Deployments;
using Granary.Reporting.Runs;
using Granary.Storage.Addresses;
using Granary.Trading.Handover;

namespace Granary.Cli.Commands;

/// <summary><c>granary deployments report</c>: compares the live result with the backtest, day by day.</summary>
internal static class DeploymentReportCommand
{
    public static Command Create(Option<string> store)
    {
        var number = new Argument<int>("N") { Description = "the number of the deployment" };
        var run = new Option<string[]>("--run")
        {
            Description = "folders of live sessions that have ended (those of the history)",
            AllowMultipleArgumentsPerToken = true,
        };
        var json = new Option<bool>("--json") { Description = "print the report as JSON" };
        var command = new Command("report", "Compare live results with the backtest day by day, split by cause; mark days outside of the band.")
        {
            number, run, json,
        };
        command.SetAction(call =>
        {
            var book = DeploymentsCommands.Open(Address.Parse(call.GetValue(store)!));
            var parity = book.Parity(number: call.GetValue(number));
            // Before a session has ended, its compared days are the report.
            var hasReport = parity.Count == 0 || call.GetValue(run) is { Length: > 0 };
            var reports = hasReport ? DeploymentReport.Read(book, call.GetValue(number), call.GetValue(run))
                : DeploymentReport.Ended(book, call.GetValue(number));
            if (call.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(reports.Select(r => Form(r, parity)).Concat(
                    parity.GroupBy(p => p.Account).Where(g => reports.All(r => r.Account != g.Key)).Select(g => (object)new
                    {
                        g.First().Deployment,
                        Account = g.Key,
                        Parity = g,
                    })), Output.Json));
            else
            {
                foreach (var report in reports) Write(report);
                if (parity.Count > 0)
                    ParityCommand.WriteDays("Compared with a backtest of the final bars, day by day", parity, "");
            }
            return 0;
        });
        return command;
    }

    private static object Form(DeploymentReport r, IReadOnlyList<ParityRecord> parity) => new
    {
        Deployment = r.Deployment.Number,
        r.Account,
        r.Run,
        Outside = r.Outside.Count,
        r.Earlier,
        r.Causes,
        Days = r.Days.Select(d => new
        {
            d.Day,
            d.Live,
            Account = double.IsFinite(d.Account) ? d.Account : (double?)null,
            d.Promised,
            d.Difference,
            d.Causes,
            d.Return,
            d.Low,
            d.High,
            Outside = d.IsOutside,
        }),
        Parity = parity.Where(p => p.Account == r.Account),
    };

    private static void Write(DeploymentReport report)
    {
        Console.WriteLine($"Deployment {report.Deployment.Number} on {report.Account}: {Conclusion(report)}");
        Console.WriteLine($"Run {report.Run}");
        TableWriter.Write("", [Column.Text("Day (UTC)"), Column.Number("Live"), Column.Number("Promised"), Column.Number("Difference"),
            Column.Text("Causes of the day"), Column.Number("Return", "%"), Column.Number("Band from", "%"), Column.Number("to", "%"),
            Column.Text("")], report.Days.Select(d => new[]
        {
            Date(d.Day), Money(d.Live), Money(d.Promised), Money(d.Difference),
            string.Join(", ", d.Causes.Select(c => $"{c.Key} {Money(c.Value)}")), Percent(d.Return), Percent(d.Low), Percent(d.High),
            d.IsOutside ? "outside" : "",
        }));
        if (report.Earlier != 0) Console.WriteLine($"Trades of earlier deployments, not included in the days: {Money(report.Earlier)}");
    }

    private static string Conclusion(DeploymentReport report)
    {
        var last = report.Days[^1];
        var band = report.Outside.Count == 0 ? "the return stayed in the band that 95 % of such periods keep"
            : $"THE RETURN WAS OUTSIDE OF ITS BAND on {report.Outside.Count} of {Counted.Of(report.Days.Count, "day")}, first on "
                + Date(report.Outside[0].Day);
        return $"{band}. On {Date(last.Day)} it is {Percent(last.Return)} %, the equity {Money(last.Live)}, and the difference to the "
            + $"backtest {Money(last.Difference)}";
    }

    private static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Money(double value) => value.ToString("N2", CultureInfo.InvariantCulture);

    private static string Percent(double value) => (100 * value).ToString("N2", CultureInfo.InvariantCulture);
}
