using Granary.Api.Health;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Weights;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Hosting;

/// <summary>Registers the services of the API for a single process, as <c>granary serve</c> uses them.</summary>
internal static partial class LocalJobsHosting
{
    /// <param name="runs">Folder of the runs; the portfolios' weights are kept in its folder <c>.portfolios</c>.</param>
    public static IServiceCollection AddLocalJobs(this IServiceCollection services, string runs,
        Func<IServiceProvider, IJobRunner> host)
    {
        services.AddSingleton(s =>
        {
            var logger = s.GetRequiredService<ILoggerFactory>().CreateLogger("Granary.Jobs");
            var life = s.GetRequiredService<IHostApplicationLifetime>();
            var handlers = new JobFaultHandlers((id, e) => JobFailed(logger, id, e), (id, e) =>
            {
                ServerEnds(logger, id, e.Message);
                Environment.ExitCode = 1;
                life.StopApplication();
            });
            return new LocalJobs(runs, host(s), s.GetRequiredService<JobCatalogue>(), s.GetRequiredService<TimeProvider>(),
                new LocalJobsOptions { Handlers = handlers, Refusal = s.GetRequiredService<RunDisk>().Fault });
        });
        services.AddSingleton<RunningBatches>();
        services.AddSingleton<IRunningBatches>(s => s.GetRequiredService<RunningBatches>());
        services.AddSingleton<IJobService>(s => s.GetRequiredService<LocalJobs>());
        services.AddSingleton<IReadinessCheck, JobsReadiness>();
        services.AddSingleton(new RunLibrary(Path.GetFullPath(runs)));
        services.AddSingleton<IWeightsService>(s => new FileWeights(Path.Combine(runs, ".portfolios"),
            s.GetRequiredService<TimeProvider>()));
        return services;
    }

    [LoggerMessage(1, LogLevel.Error, "Job {RunId} failed")]
    private static partial void JobFailed(ILogger logger, string runId, Exception exception);

    [LoggerMessage(2, LogLevel.Critical, "Job {RunId}: {Fault}. This server ends, since the strategy keeps one of its threads")]
    private static partial void ServerEnds(ILogger logger, string runId, string fault);
}
