using Granary.Api.Operations;
using Granary.Contracts.Jobs;
using Granary.Notifications;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Trading.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Notifications;

/// <summary>Compares each sample of the server with the rules, stores their notifications, and sends them.</summary>
/// <remarks>The store has the deliveries, and the time up to which ended jobs were compared.</remarks>
internal sealed partial class NotificationService : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly OperationsSampler _sampler;
    private readonly JobWatch _ended;
    private readonly ApiSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly NotificationTriggers _triggers;
    private readonly JournalWatch? _journals;
    private ServerSample? _compared;
    private string _fault = "";

    public NotificationService(RuleBook book, OperationsSampler sampler, IJobService jobs, ApiSettings settings, IOutboxStore store,
        ILogger<NotificationService> logger, IAccountStore? accounts = null)
    {
        (Book, _sampler, _settings, _clock, _logger) = (book, sampler, settings, sampler.Clock, logger);
        _triggers = new NotificationTriggers([]);
        _journals = accounts is null ? null : new JournalWatch(accounts, store);
        (Outbox, _ended) = (new Outbox(store, _clock), new JobWatch(jobs, store, _clock));
    }

    public NotificationSettings Settings => Book.Settings;

    public Outbox Outbox { get; }

    /// <summary>The rules in force.</summary>
    public RuleBook Book { get; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _clock);
        try
        {
            _journals?.Start(_clock.GetUtcNow());
            do
            {
                await TurnAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // A fault (a full disk, a cluster that does not answer) passes: the next turn compares and sends the same again.
    private async Task TurnAsync(CancellationToken stop)
    {
        try
        {
            if (_sampler.Last is { } sample && sample != _compared)
            {
                await CompareAsync(sample, stop).ConfigureAwait(false);
                _compared = sample;
            }
            await Outbox.DeliverAsync(SendAsync, stop, LimitOf).ConfigureAwait(false);
            _fault = "";
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            if (_fault != e.Message) NotCompared(_logger, e.Message);
            _fault = e.Message;
        }
    }

    private async Task CompareAsync(ServerSample sample, CancellationToken stop)
    {
        // A caller may have changed them, also on another silo.
        _triggers.Rules = Book.Read().Rules;
        foreach (var session in sample.Sessions)
        {
            Keep(_triggers.Of(session.View, session.BarAge, sample.At));
            if (_journals is not null)
                await _journals.ReadAsync(session.View.Id, session.View.Run, session.View.IsRunning,
                    entry => Keep(_triggers.Of(session.View.Id, entry)), sample.At, stop).ConfigureAwait(false);
        }
        await _ended.ReadAsync(job =>
        {
            Keep(_triggers.Of(job, sample.At));
            // A job that failed at a later day has kept the days before.
            if (job is { Kind: ParityResult.Kind })
                foreach (var day in ParityResult.Read(Path.Combine(_settings.Runs, job.Id)))
                    Keep(_triggers.Of(day, sample.At));
        }, stop).ConfigureAwait(false);
    }

    private void Keep(IEnumerable<(NotificationRule Rule, Notification Event)> found)
    {
        foreach (var (rule, notification) in found)
            foreach (var channel in rule.To)
                if (Outbox.Add(notification, channel, rule.Every))
                    Detected(_logger, notification.Text, channel);
    }

    private SendLimit LimitOf(string channel) => Settings.Find(channel)?.Limit ?? SendLimit.None;

    private async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        var channel = Settings.Find(delivery.Channel)
            ?? throw new InvalidOperationException($"the configuration has no channel '{delivery.Channel}' any more");
        try
        {
            await channel.SendAsync(delivery.Notification, _clock.GetUtcNow(), stop).ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            if (delivery.Attempts == Outbox.MostAttempts - 1 || e is DeliveryException { IsPermanent: true })
                GivenUp(_logger, delivery.Channel, delivery.Notification.Text, e.Message);
            else if (delivery.Attempts == 0) NotSent(_logger, delivery.Channel, e.Message);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Notifying {Channel}: {Text}")]
    private static partial void Detected(ILogger logger, string text, string channel);

    [LoggerMessage(2, LogLevel.Warning, "A notification for {Channel} was not delivered and is sent again: {Reason}")]
    private static partial void NotSent(ILogger logger, string channel, string reason);

    [LoggerMessage(3, LogLevel.Error, "A notification for {Channel} was given up ({Text}): {Reason}")]
    private static partial void GivenUp(ILogger logger, string channel, string text, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Notifications wait: {Reason}")]
    private static partial void NotCompared(ILogger logger, string reason);
}
