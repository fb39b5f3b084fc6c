using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Operations;

/// <summary>Samples the server's state every five seconds, for gauges, notifications and the release of memory.</summary>
internal sealed partial class OperationsSampler : BackgroundService
{
    private const int MostJobs = 1000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly IJobService _jobs;
    private readonly ISessionService? _sessions;
    private readonly RunLibrary _runs;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly IdleMemory _memory = new();
    private readonly Dictionary<string, (long Bars, long Since)> _bars = new(StringComparer.Ordinal);
    private (string? Seen, long Since) _progress;
    private volatile ServerSample? _last;
    private bool _failed;

    public OperationsSampler(IServiceProvider services, ILogger<OperationsSampler> logger)
    {
        _jobs = services.GetRequiredService<IJobService>();
        _sessions = services.GetService<ISessionService>();
        _runs = services.GetRequiredService<RunLibrary>();
        _clock = services.GetRequiredService<TimeProvider>();
        _logger = logger;
    }

    /// <summary>The clock of the samples.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>The last sample; null before the first.</summary>
    public ServerSample? Last => _last;

    /// <summary>Called after each sample.</summary>
    public event Action<ServerSample>? Sampled;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) await TrySampleAsync(stoppingToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // If a sample fails, the last one stays. Only the first failure in a row is logged.
    private async Task TrySampleAsync(CancellationToken stop)
    {
        try
        {
            var sample = await SampleAsync(stop).ConfigureAwait(false);
            (_last, _failed) = (sample, false);
            Sampled?.Invoke(sample);
            if (sample.IsIdle) _memory.Release();
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            if (!_failed) NotSampled(_logger, e.Message);
            _failed = true;
        }
    }

    private async Task<ServerSample> SampleAsync(CancellationToken stop)
    {
        var queued = await _jobs.ListAsync(new JobQuery(MostJobs, State: JobState.Queued), stop).ConfigureAwait(false);
        var running = await _jobs.ListAsync(new JobQuery(MostJobs, State: JobState.Running), stop).ConfigureAwait(false);
        var views = _sessions is null ? [] : await _sessions.ListAsync(stop).ConfigureAwait(false);
        var now = _clock.GetUtcNow();
        var disk = new DriveInfo(_runs.PathOf(""));
        return new ServerSample(now, [.. queued.Items.OrderBy(j => j.SubmittedAt)], running.Items,
            [.. views.Select(v => new SessionSample(v, BarAge(v)))], disk.AvailableFreeSpace, ProgressAge(running.Items))
        {
            DiskSize = disk.TotalSize,
        };
    }

    private TimeSpan ProgressAge(IReadOnlyList<JobStatus> running)
    {
        var progress = string.Join('\n', running.Select(j => $"{j.Id} {j.Progress.Done} {j.Progress.Bars} {j.Progress.Stage} "
            + string.Join(',', j.Progress.Leaders ?? [])));
        if (progress != _progress.Seen) _progress = (progress, _clock.GetTimestamp());
        return _clock.GetElapsedTime(_progress.Since);
    }

    // Not by the time of day, which an operator or NTP may set.
    private TimeSpan BarAge(SessionView view)
    {
        var bars = view.Status?.Bars ?? 0;
        if (!_bars.TryGetValue(view.Id, out var seen) || seen.Bars != bars) _bars[view.Id] = seen = (bars, _clock.GetTimestamp());
        return _clock.GetElapsedTime(seen.Since);
    }

    [LoggerMessage(1, LogLevel.Warning, "The state of the server cannot be read: {Reason}")]
    private static partial void NotSampled(ILogger logger, string reason);
}
