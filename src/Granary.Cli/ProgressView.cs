using Granary.Application.Learning;
using Granary.Application.Simulation;
using Granary.Reporting.Html;
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

    /// <summary>The same of a training, whose steps are windows.</summary>
    public static async Task<T> ShowTrainingAsync<T>(bool silent, Func<IProgress<TrainingProgress>?, Task<T>> work)
    {
        if (silent) return await work(null);
        if (Console.IsErrorRedirected || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
            return await work(new Fifths());
        return await AnsiConsole.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("opening the bars", maxValue: 1);
                return await work(new Immediate<TrainingProgress>(p =>
                {
                    task.MaxValue = Math.Max(1, p.Total);
                    task.Value = p.Done;
                    task.Description = Markup.Escape($"{p.Done:N0} of {p.Total:N0} windows: {p.Current}");
                }));
            });
    }

    private static string Text(BatchProgress p) =>
        $"{p.StrategiesDone:N0} of {p.Strategies:N0} strategies, {NumberText.Compact(p.BarsPerSecond)} bars/s" + (p.Remaining is { } left
            ? $", {Left(left)} left" : "");

    private static string Left(TimeSpan time) =>
        time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes} min {time.Seconds} s" : $"{Math.Ceiling(time.TotalSeconds):0} s";

    private sealed class Immediate<T>(Action<T> show) : IProgress<T>
    {
        public void Report(T value) => show(value);
    }

    // A line for every fifth of the work: a training is windows of seconds, not bars.
    private sealed class Fifths : IProgress<TrainingProgress>
    {
        private int _shown;

        public void Report(TrainingProgress value)
        {
            var fifth = 5 * value.Done / Math.Max(1, value.Total);
            if (fifth == _shown && value.Done > 1) return;
            _shown = fifth;
            Console.Error.WriteLine($"{value.Done} of {value.Total} windows: {value.Current}");
        }
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
