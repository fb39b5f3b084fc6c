using Granary.Api.Operations;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Server.Notifications;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Notifications;

/// <summary>Compares each sample of the server with the rules, stores their notifications, and sends them.</summary>
/// <remarks>The store has the deliveries, and the time up to which ended jobs were compared.</remarks>
internal sealed partial class NotificationService : BackgroundService
{
    private const int NewestJobs = 100;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1), Overlap = TimeSpan.FromMinutes(1);

    private readonly OperationsSampler _sampler;
    private readonly IJobService _jobs;
    private readonly ApiSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly NotificationTriggers _triggers;
    private readonly IOutboxStore _store;
    private ServerSample? _compared;
    private string _fault = "";

    public NotificationService(RuleBook book, OperationsSampler sampler, IJobService jobs, ApiSettings settings, IOutboxStore store,
        WebhookSender sender, TimeProvider clock, ILogger<NotificationService> logger)
    {
        (Book, _sampler, _jobs, _settings, Sender, _clock, _logger) = (book, sampler, jobs, settings, sender, clock, logger);
        _triggers = new NotificationTriggers([]);
        (_store, Outbox) = (store, new Outbox(store, clock));
    }

    public NotificationSettings Settings => Book.Settings;

    public Outbox Outbox { get; }

    /// <summary>The rules in force.</summary>
    public RuleBook Book { get; }

    public WebhookSender Sender { get; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _clock);
        try
        {
            var since = ReadSince();
            do
            {
                since = await TurnAsync(since, stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // A fault (a full disk, a cluster that does not answer) passes: the next turn compares and sends the same again.
    private async Task<DateTimeOffset> TurnAsync(DateTimeOffset since, CancellationToken stop)
    {
        try
        {
            if (_sampler.Last is { } sample && sample != _compared)
            {
                since = await CompareAsync(sample, since, stop).ConfigureAwait(false);
                _compared = sample;
            }
            await Outbox.DeliverAsync(SendAsync, stop).ConfigureAwait(false);
            _fault = "";
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            if (_fault != e.Message) NotCompared(_logger, e.Message);
            _fault = e.Message;
        }
        return since;
    }

    private async Task<DateTimeOffset> CompareAsync(ServerSample sample, DateTimeOffset since, CancellationToken stop)
    {
        // A caller may have changed them, also on another silo.
        _triggers.Rules = Book.Read().Rules;
        foreach (var session in sample.Sessions) Keep(_triggers.Of(session.View, session.BarAge, sample.At));
        var jobs = await _jobs.ListAsync(new JobQuery(NewestJobs), stop).ConfigureAwait(false);
        var ended = jobs.Items.Where(j => j.FinishedAt >= since - Overlap).ToList();
        foreach (var job in ended)
        {
            Keep(_triggers.Of(job, sample.At));
            if (job is { Kind: ParityResult.Kind, State: JobState.Done })
                foreach (var day in ParityResult.Read(Path.Combine(_settings.Runs, job.Id)))
                    Keep(_triggers.Of(day, sample.At));
        }
        if (ended.Count == 0) return since;
        var newest = ended.Max(j => j.FinishedAt!.Value);
        if (newest > since) _store.Since = newest;
        return newest > since ? newest : since;
    }

    private void Keep(IEnumerable<(NotificationRule Rule, Notification Event)> found)
    {
        foreach (var (rule, notification) in found)
            foreach (var webhook in rule.To)
                if (Outbox.Add(notification, webhook))
                    Detected(_logger, notification.Text, webhook);
    }

    private async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        var webhook = Settings.Webhooks.FirstOrDefault(w => w.Name == delivery.Webhook)
            ?? throw new InvalidOperationException($"the configuration has no webhook '{delivery.Webhook}' any more");
        try
        {
            await Sender.SendAsync(webhook, delivery.Notification, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            if (delivery.Attempts == 0) NotSent(_logger, delivery.Webhook, e.Message);
            if (delivery.Attempts == Outbox.MostAttempts - 1) GivenUp(_logger, delivery.Webhook, delivery.Notification.Text, e.Message);
            throw;
        }
    }

    // At the first start, ignore jobs that have ended before.
    private DateTimeOffset ReadSince() => _store.Since ?? _clock.GetUtcNow() + Overlap;

    [LoggerMessage(1, LogLevel.Information, "Notifying {Webhook}: {Text}")]
    private static partial void Detected(ILogger logger, string text, string webhook);

    [LoggerMessage(2, LogLevel.Warning, "A notification for {Webhook} was not delivered and is sent again: {Reason}")]
    private static partial void NotSent(ILogger logger, string webhook, string reason);

    [LoggerMessage(3, LogLevel.Error, "A notification for {Webhook} was given up after its last attempt ({Text}): {Reason}")]
    private static partial void GivenUp(ILogger logger, string webhook, string text, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Notifications wait: {Reason}")]
    private static partial void NotCompared(ILogger logger, string reason);
}
