using Granary.Contracts.Jobs;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;
using Spectre.Console;

namespace Granary.Cli;

/// <summary>Progress with rate and remaining time: a bar on a terminal, a plain line every few seconds in a pipe.</summary>
internal static class ProgressView
{
    public static async Task<T> ShowAsync<T>(bool silent, Func<IProgress<BatchProgress>?, Task<T>> work)
    {
        if (silent) return await work(null);
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive) return await work(new PlainLines());
        return await AnsiConsole.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("opening the bars", maxValue: 1);
                return await work(new Immediate<BatchProgress>(p =>
                {
                    task.MaxValue = Math.Max(1, p.Total);
                    task.Value = p.Evaluations;
                    task.Description = Text(p);
                }));
            });
    }

    /// <summary>Shows the progress of a training, by windows, with the best models of a search.</summary>
    public static async Task<T> ShowTrainingAsync<T>(bool silent, Func<TrainingView?, Task<T>> work)
    {
        if (silent) return await work(null);
        using var view = new TrainingView();
        return await work(view);
    }

    /// <summary>Strategies of one market run concurrently and therefore finish together, after its last bar.</summary>
    internal static string Text(BatchProgress p)
    {
        if (RepeatedProgress.IsStage(p.Stage)) return p.Stage;
        var under = p.Strategies - p.StrategiesDone;
        if (p.Evaluations >= p.Total && under > 0)
            return $"all bars are processed; computing the figures of {Counted.Of(under, "strategy")}";
        var finished = p.StrategiesDone > 0 ? $"{Counted.Of(p.StrategiesDone, p.Strategies, "strategy")} finished"
            : Counted.Of(p.Strategies, "strategy");
        return $"{finished}, {NumberText.Compact(p.BarsPerSecond)} bars/s" + (p.Remaining is { } left ? $", {Left(left)} left" : "")
            + (p.Best is { } best ? $"; {best}" : "") + (p.Load is { } load ? $"; {Text(load)}" : "");
    }

    private static string Text(ProcessLoad load) =>
        FormattableString.Invariant($"CPU {load.CpuPercent:0} %, memory {load.MemoryBytes >> 20} MiB")
            + (load.Waiting > 0 ? $", {load.Waiting:N0} waiting" : "");

    private static string Left(TimeSpan time) =>
        time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes} min {time.Seconds} s" : $"{Math.Ceiling(time.TotalSeconds):0} s";

    private sealed class Immediate<T>(Action<T> show) : IProgress<T>
    {
        public void Report(T value) => show(value);
    }

    private sealed class PlainLines : IProgress<BatchProgress>
    {
        private TimeSpan _last = TimeSpan.Zero;

        public void Report(BatchProgress value)
        {
            if (value.Elapsed - _last < TimeSpan.FromSeconds(5)) return;
            _last = value.Elapsed;
            Console.WriteLine($"{100.0 * value.Evaluations / Math.Max(1, value.Total):0} %: {Text(value)}");
        }
    }
}
