using Granary.Application.Catalogues;
using Granary.Application.Submissions;
using Granary.Application.Weights;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Hosting;

/// <summary>The services behind the API where one process does it all: what <c>granary serve</c> mounts.</summary>
public static partial class LocalBatchesHosting
{
    /// <param name="runs">Folder of the runs; the portfolios' weights are kept in its folder <c>.portfolios</c>.</param>
    public static IServiceCollection AddLocalBatches(this IServiceCollection services, string runs,
        Func<IServiceProvider, IBatchRunner> host)
    {
        services.AddSingleton<IBatchService>(s =>
        {
            var logger = s.GetRequiredService<ILoggerFactory>().CreateLogger("Granary.Batches");
            return new LocalBatches(runs, host(s), s.GetRequiredService<GranaryCatalogues>(), s.GetRequiredService<TimeProvider>(),
                (id, e) => BatchFailed(logger, id, e));
        });
        services.AddSingleton<IWeightsService>(s => new FileWeights(Path.Combine(runs, ".portfolios"),
            s.GetRequiredService<TimeProvider>()));
        return services;
    }

    [LoggerMessage(1, LogLevel.Error, "Batch {RunId} failed")]
    private static partial void BatchFailed(ILogger logger, string runId, Exception exception);
}
