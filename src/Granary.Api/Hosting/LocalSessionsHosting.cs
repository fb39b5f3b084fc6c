using Granary.Application.Catalogues;
using Granary.Application.Live;
using Granary.Application.Sessions;
using Granary.Application.Weights;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Hosting;

/// <summary>The live sessions behind the API where one process does it all: what <c>granary serve</c> mounts.</summary>
public static partial class LocalSessionsHosting
{
    /// <summary>
    /// Adds the sessions of this process. They need <see cref="LocalJobsHosting.AddLocalJobs"/>, whose weights they use.
    /// </summary>
    /// <param name="runs">Folder of the runs; accounts and sessions are kept in its folders <c>.accounts</c> and <c>.sessions</c>.</param>
    public static IServiceCollection AddLocalSessions(this IServiceCollection services, string runs)
    {
        var folder = Path.GetFullPath(runs);
        services.AddSingleton(AccountStores.Open(Path.Combine(folder, LocalSessions.AccountsFolder)));
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
                OnInterrupted = (account, e) => Interrupted(logger, account, e.Message, e),
            });
        });
        return services;
    }

    [LoggerMessage(2, LogLevel.Information, "Session of {Account}: {Fact}")]
    private static partial void Fact(ILogger logger, string account, string fact);

    [LoggerMessage(1, LogLevel.Warning, "Session of {Account} was interrupted: {Reason}")]
    private static partial void Interrupted(ILogger logger, string account, string reason, Exception exception);
}
