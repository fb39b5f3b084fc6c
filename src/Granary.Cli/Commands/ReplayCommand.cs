using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Granary.Data.Replay;
using Granary.Data.Streaming;
using Granary.Engine;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Feeds;
using Granary.Storage.Addresses;

namespace Granary.Cli.Commands;

/// <summary><c>granary replay</c>: a batch's bars, published in order of time at a replay speed.</summary>
internal static class ReplayCommand
{
    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH") { Description = "the batch file whose bars are replayed" };
        var command = new Command("replay", "Publish a batch's bars in order of time, aligned over symbols, with heartbeats.") { batch };
        var options = new OptionBinding<ReplayOptions>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            if (!given.IsToStdout && Address.Parse(given.To).Scheme != Address.Kafka)
                throw new InputException($"--to {given.To}: use stdout or kafka://HOST:PORT/TOPIC");
            var address = given.IsToStdout ? null : KafkaBarAddress.Of(Address.Parse(given.To));
            var (speed, block) = (given.ReadSpeed(), given.ReadBlock());
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!);
            await using var replay = await ReplayBatch.OpenAsync(spec, speed, TimeProvider.System, block, token);
            if (given.Start is { } from) replay.Seek(from);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
            if (given.Control) _ = Task.Run(() => Listen(replay, given.MaxGap, stop), CancellationToken.None);
            var session = Guid.NewGuid();
            await using IFeedSink sink = address is null ? new JsonLineSink(Console.OpenStandardOutput(), session)
                : new KafkaBarSink(address, session);
            var watch = Stopwatch.StartNew();
            var outcome = await ReplayBatch.RunAsync(replay, sink, given.Quiet ? null : Progress(watch), stop.Token);
            Write(outcome, given, session, watch.Elapsed);
            return 0;
        });
        return command;
    }

    private static Action<long, long> Progress(Stopwatch watch)
    {
        var shown = TimeSpan.Zero;
        return (bars, time) =>
        {
            if (watch.Elapsed - shown < TimeSpan.FromSeconds(2)) return;
            shown = watch.Elapsed;
            Console.Error.WriteLine(FormattableString.Invariant($"{RunText.Time(time)}: {Counted.Of(bars, "bar")}"));
        };
    }

    private static void Write(ReplayOutcome outcome, ReplayOptions given, Guid session, TimeSpan took)
    {
        var output = given.IsToStdout ? Console.Error : Console.Out;
        if (given.Json)
            output.WriteLine(JsonSerializer.Serialize(new
            {
                replay = session,
                outcome.Markets,
                outcome.Bars,
                instants = outcome.Timestamps,
                last = RunText.Time(outcome.Last),
                seconds = took.TotalSeconds,
                outcome.Notes,
            }, Output.Json));
        else if (!given.Quiet)
            output.WriteLine(FormattableString.Invariant(
                $"{outcome.Bars:N0} bars of {outcome.Markets} markets published, until {RunText.Time(outcome.Last)}"));
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
                        replay.Speed = ReplaySpeed.Parse(speed, maxGap);
                        break;
                    default:
                        CommandLine.Complain($"'{line}' is not a command; use pause, resume, seek TIME, pace PACE or stop");
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
