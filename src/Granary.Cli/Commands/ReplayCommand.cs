using System.CommandLine;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Feeds;
using Granary.Application.Json;
using Granary.Data.Replay;
using Granary.Data.Streaming;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Reporting.Runs;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary replay</c>: a batch's bars, published in order of time at a replay speed.</summary>
internal static class ReplayCommand
{
    // A message of a thousand bars is some 40 KB.
    private const int BlockOfStream = 1024;

    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH") { Description = "the batch file whose bars are replayed" };
        var to = new Option<string>("--to") { Required = true, Description = "stdout, or kafka://HOST:PORT/TOPIC" };
        var speed = new Option<string>("--pace")
        {
            DefaultValueFactory = _ => "asap",
            Description = "asap, fixed:100ms, realtime, or x60 for sixty times as fast"
        };
        var maxGap = new Option<string?>("--max-gap")
        {
            Description =
            "the longest wait between two instants, as 1s; nights and weekends are waited out without it"
        };
        var start = new Option<string?>("--start") { Description = "begin at this time, as 2024-01-31T14:30" };
        var block = new Option<int?>("--block")
        {
            Description =
            "bars of a market in a message where nothing waits (Kafka 1024, stdout 1)"
        };
        var control = new Option<bool>("--control")
        {
            Description =
            "take commands from standard input: pause, resume, seek TIME, pace PACE, stop"
        };
        var quiet = new Option<bool>("--quiet") { Description = "print nothing but faults" };
        var json = new Option<bool>("--json") { Description = "the outcome as JSON on stdout (on stderr where the bars go to stdout)" };
        var command = new Command("replay", "Publish a batch's bars in order of time, aligned over symbols, with heartbeats.") { batch, to,
            speed, maxGap, start, block, control, quiet, json };
        command.SetAction(async (call, token) =>
        {
            var target = call.GetValue(to)!;
            var toStdout = target == "stdout";
            if (!toStdout && !Address.Has(target, Address.Kafka))
                throw new InputException($"--to {target}: use stdout or kafka://HOST:PORT/TOPIC");
            var address = toStdout ? null : KafkaBarAddress.Parse(target);
            var replaySpeed = ReplaySpeed.Parse(call.GetValue(speed)!, call.GetValue(maxGap));
            var size = call.GetValue(block) ?? (toStdout ? 1 : BlockOfStream);
            if (size is < 1 or > Engine.Market.BarBlock.MaxCount)
                throw new InputException($"--block {size}: use 1 to {Engine.Market.BarBlock.MaxCount}");
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!);
            await using var replay = await ReplayBatch.OpenAsync(spec, replaySpeed, TimeProvider.System, size, token);
            if (Given.Time(call.GetValue(start), "--start") is { } from) replay.Seek(from);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
            if (call.GetValue(control)) _ = Task.Run(() => Listen(replay, call.GetValue(maxGap), stop), CancellationToken.None);
            var session = Guid.NewGuid();
            await using IFeedSink sink = address is null ? new JsonLineSink(Console.OpenStandardOutput(), session)
                : new KafkaBarSink(address, session);
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var shown = TimeSpan.Zero;
            var outcome = await ReplayBatch.RunAsync(replay, sink, (bars, time) =>
            {
                if (call.GetValue(quiet) || watch.Elapsed - shown < TimeSpan.FromSeconds(2)) return;
                shown = watch.Elapsed;
                Console.Error.WriteLine(FormattableString.Invariant($"{RunText.Time(time)}: {bars:N0} bars"));
            }, stop.Token);
            var output = toStdout ? Console.Error : Console.Out;
            if (call.GetValue(json)) output.WriteLine(JsonSerializer.Serialize(new
            {
                replay = session,
                outcome.Markets,
                outcome.Bars,
                outcome.Instants,
                last = RunText.Time(outcome.Last),
                seconds = watch.Elapsed.TotalSeconds,
                outcome.Notes
            }, Output.Json));
            else if (!call.GetValue(quiet))
                output.WriteLine(FormattableString.Invariant(
                    $"{outcome.Bars:N0} bars of {outcome.Markets} markets published, until {RunText.Time(outcome.Last)}"));
            return 0;
        });
        return command;
    }

    private static void Listen(BarReplay replay, string? maxGap, CancellationTokenSource stop)
    {
        while (Console.In.ReadLine() is { } line)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            try
            {
                switch (words)
                {
                    case []:
                        break;
                    case ["pause"]:
                        replay.Pause();
                        break;
                    case ["resume"]:
                        replay.Resume();
                        break;
                    case ["stop"]:
                        stop.Cancel();
                        return;
                    case ["seek", ..]:
                        replay.Seek(Given.Time(string.Join(' ', words[1..]), "seek")!.Value);
                        break;
                    case ["pace", var speed]:
                        replay.Pace = ReplaySpeed.Parse(speed, maxGap);
                        break;
                    default:
                        CommandLine.Complain($"'{line}' is no command; use pause, resume, seek TIME, pace PACE or stop");
                        break;
                }
            }
            catch (Exception e) when (e is InputException or Engine.Market.BarDataException)
            {
                CommandLine.Complain(e.Message);
            }
        }
    }
}
