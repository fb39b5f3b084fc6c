using System.CommandLine;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary><c>granary factors compute FILE</c>: factors over a bar file, as columns.</summary>
internal static class ComputeFactorsCommand
{
    private sealed record Options
    {
        [Key("the factors, separated by semicolons, such as \"sma(20);macd(12,26,9).signal\"")]
        public required string Factors { get; init; }
        [Key("auto, generic, yahoo, binance, backtrader, lean or questdb")]
        public string Format { get; init; } = "auto";
        [Key("timeframe of the file's bars (detected from their times)")]
        public string? Timeframe { get; init; }
        [Key("use raw prices, even if the file has adjusted ones too")]
        public bool NoAdjust { get; init; }
        [Key("the meaning of the file's times: open or close of a bar")]
        public string? Stamp { get; init; }
        [Key("a CSV file (standard output)")]
        public string? Out { get; init; }
    }

    public static Command Create(CompositionRoot root)
    {
        var file = new Argument<string>("FILE") { Description = "a bar file" };
        var command = new Command("compute", "Compute factors over a bar file.") { file };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            var path = call.GetValue(file)!;
            var known = root.Catalogues(call);
            var reading = new BarFileOptions
            {
                Format = given.Format,
                Formats = known.Formats,
                Adjust = !given.NoAdjust,
                Stamp = Given.Stamp(given.Stamp),
            };
            var timeframe = Given.TimeframeOf(path, given.Timeframe, reading);
            var query = new BarQuery(Path.GetFileName(path).Split('.')[0], timeframe);
            var asked = FactorParser.Split(given.Factors);
            string[] further = [.. asked.SelectMany(FurtherNames.In).Distinct(StringComparer.Ordinal)];
            await using var series = await BarFile.OpenAsync(path, query with { Columns = further }, reading, token);
            var columns = FactorColumns.OfOneMarket(new MarketSeries(series.Instrument, timeframe), asked, known.Factors, "--factors",
                others => $"{others} is needed too, and factors compute reads only {path}; compare symbols in a batch over both");
            if (given.Out is { } target)
                AtomicFile.Write(target, w => WriteAsync(w, series, columns, asked.Count, token).GetAwaiter().GetResult());
            else await WriteAsync(Console.Out, series, columns, asked.Count, token);
            return 0;
        });
        return command;
    }

    private static async Task WriteAsync(TextWriter writer, IBarSeries series, FactorColumns columns, int count, CancellationToken token)
    {
        using var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
        csv.WriteField("time");
        foreach (var header in columns.Headers) csv.WriteField(header);
        csv.NextRecord();
        await foreach (var block in series.ReadAsync(cancellationToken: token))
        {
            columns.Next(block);
            for (var i = 0; i < block.Count; i++)
            {
                csv.WriteField(RunText.Time(block.Time[i]));
                for (var c = 0; c < count; c++) csv.WriteField(RunText.Number(columns[c][i]));
                csv.NextRecord();
            }
        }
    }
}
