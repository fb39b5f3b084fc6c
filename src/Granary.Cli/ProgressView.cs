using Granary.Application.Batches;
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
                return await work(new Immediate(p =>
                {
                    task.MaxValue = Math.Max(1, p.Total);
                    task.Value = p.Evaluations;
                    task.Description = Text(p);
                }));
            });
    }

    private static string Text(BatchProgress p) =>
        $"{p.StrategiesDone:N0} of {p.Strategies:N0} strategies, {p.BarsPerSecond / 1e6:0} million bars/s" + (p.Remaining is { } left ? $", {Left(left)} left" : "");

    private static string Left(TimeSpan time) => time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes} min {time.Seconds} s" : $"{Math.Ceiling(time.TotalSeconds):0} s";

    private sealed class Immediate(Action<BatchProgress> show) : IProgress<BatchProgress>
    {
        public void Report(BatchProgress value) => show(value);
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
