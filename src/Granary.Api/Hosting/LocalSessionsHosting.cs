using Granary.Api.Health;
using Granary.Contracts.Sessions;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
using Granary.Trading.Live;
using Granary.Trading.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Hosting;

/// <summary>Registers the live sessions of the API for a single process, as <c>granary serve</c> uses them.</summary>
internal static partial class LocalSessionsHosting
{
    /// <summary>
    /// Adds the sessions of this process. They need <see cref="LocalJobsHosting.AddLocalJobs"/>, whose weights they use.
    /// </summary>
    /// <param name="runs">Folder of the runs; accounts and sessions are kept in its folders <c>.accounts</c> and <c>.sessions</c>.</param>
    public static IServiceCollection AddLocalSessions(this IServiceCollection services, string runs)
    {
        var folder = Path.GetFullPath(runs);
        services.AddSingleton(AccountStores.Open(Address.Parse(Path.Combine(folder, LocalSessions.AccountsFolder))));
        services.AddSingleton<IReadinessCheck, JournalReadiness>();
        services.AddSingleton<ISessionService>(s =>
        {
            var logger = s.GetRequiredService<ILoggerFactory>().CreateLogger("Granary.Sessions");
            return new LocalSessions(new SessionServices
            {
                Runs = folder,
                Accounts = s.GetRequiredService<IAccountStore>(),
                Weights = s.GetRequiredService<IWeightsService>(),
                Catalogues = s.GetRequiredService<GranaryCatalogues>(),
                Clock = s.GetRequiredService<TimeProvider>(),
                OnFact = (account, line) => Fact(logger, account, line),
                OnInterrupted = (account, e, retry) => LogInterruption(logger, account, e, retry),
            });
        });
        return services;
    }

    [LoggerMessage(2, LogLevel.Information, "Session of {Account}: {Fact}")]
    private static partial void Fact(ILogger logger, string account, string fact);

    // Retries after the same fault log one warning, and one error if the fault lasts.
    private static void LogInterruption(ILogger logger, string account, Exception fault, SessionRetry? retry)
    {
        if (retry is null) Failed(logger, account, fault.Message, fault);
        else if (retry.IsFirst) Interrupted(logger, account, fault.Message, fault);
        else if (retry.IsLasting) KeepsFailing(logger, account, retry.Attempts, fault.Message);
        else FailedAgain(logger, account, retry.Attempts, fault.Message);
    }

    [LoggerMessage(1, LogLevel.Warning, "Session of {Account} was interrupted and is tried again: {Reason}")]
    private static partial void Interrupted(ILogger logger, string account, string reason, Exception exception);

    [LoggerMessage(3, LogLevel.Error, "Session of {Account} failed: {Reason}")]
    private static partial void Failed(ILogger logger, string account, string reason, Exception exception);

    [LoggerMessage(4, LogLevel.Error,
        "Session of {Account} failed {Attempts} times in a row and is tried each minute now; repair it or stop the session: {Reason}")]
    private static partial void KeepsFailing(ILogger logger, string account, int attempts, string reason);

    [LoggerMessage(5, LogLevel.Debug, "Session of {Account} failed again, attempt {Attempts}: {Reason}")]
    private static partial void FailedAgain(ILogger logger, string account, int attempts, string reason);
}
