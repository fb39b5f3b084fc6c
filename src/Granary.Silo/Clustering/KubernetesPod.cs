using System.Net;
using Granary.Engine;
using Granary.Silo.Options;
using Granary.Simulation.Json;
using Granary.Storage.Retries;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting.Kubernetes;

namespace Granary.Silo.Clustering;

/// <summary>The pod of Kubernetes that a silo runs in. Membership stays in the database.</summary>
internal static partial class KubernetesPod
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);

    /// <summary>The pod's name, which is its host name unless <c>POD_NAME</c> has it.</summary>
    public static string Name => Environment.GetEnvironmentVariable(KubernetesHostingOptions.PodNameEnvironmentVariable)
        is { Length: > 0 } name ? name : Environment.MachineName;

    /// <summary>Adds Orleans' agent, which declares silos dead whose pods are deleted.</summary>
    public static void Watch(ISiloBuilder silo)
    {
        silo.UseKubernetesHosting();
        // The agent compares names of silos and pods, so it gets the members through PodMembership.
        silo.Services.Remove(silo.Services.Single(s => s.ImplementationType == typeof(KubernetesClusterAgent)));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => ActivatorUtilities.CreateInstance<KubernetesClusterAgent>(s,
            ActivatorUtilities.CreateInstance<PodMembership>(s)));
    }

    /// <summary>Checks that the silo is in a pod with the labels and the rights that the agent needs.</summary>
    /// <remarks>
    /// The agent declares every silo dead that has no pod with the labels of its cluster. Without the right to list pods it asks again
    /// without a pause.
    /// </remarks>
    /// <exception cref="InputException">The pod, its labels or its rights are wrong.</exception>
    /// <exception cref="ServiceUnavailableException">The API server did not answer in time.</exception>
    public static async Task CheckAsync(SiloSettings settings, ILogger logger, CancellationToken cancellationToken)
    {
        if (!KubernetesClientConfiguration.IsInCluster())
            throw new InputException("--kubernetes: this process is not in a pod with a service account (KUBERNETES_SERVICE_HOST or the "
                + "account's token is missing); set automountServiceAccountToken: true, or leave the option out");
        if (Name.Contains('.', StringComparison.Ordinal))
            throw new InputException($"--kubernetes: the pod's name '{Name}' has a dot, after which names of silos have their roles; use a "
                + "name without one");
        var configuration = KubernetesClientConfiguration.InClusterConfig();
        configuration.HttpClientTimeout = LongestAnswer;
        var place = Environment.GetEnvironmentVariable(KubernetesHostingOptions.PodNamespaceEnvironmentVariable) is { Length: > 0 } given
            ? given : configuration.Namespace;
        using var client = new Kubernetes(configuration);
        var waits = false;
        bool IsAway(Exception e)
        {
            if (!IsNoAnswer(e)) return false;
            if (!waits) Waiting(logger, configuration.Host, e.Message);
            waits = true;
            return true;
        }

        try
        {
            await RetryPolicies.ServerAway(IsAway, settings.StartTimeout).RunAsync(async stop =>
            {
                CheckLabels(await client.CoreV1.ReadNamespacedPodAsync(Name, place, cancellationToken: stop).ConfigureAwait(false),
                    settings.ClusterId);
                await client.CoreV1.ListNamespacedPodAsync(place, limit: 1, cancellationToken: stop).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (!IsNoAnswer(e))
        {
            throw new InputException(e.Response.StatusCode switch
            {
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => $"--kubernetes: the service account of the pod '{Name}' may not "
                    + $"read pods of the namespace '{place}'; give it a Role with the verbs get, list and watch on pods",
                HttpStatusCode.NotFound => $"--kubernetes: the namespace '{place}' has no pod '{Name}'; give POD_NAME and POD_NAMESPACE "
                    + "from the fields metadata.name and metadata.namespace",
                var status => $"--kubernetes: the API server at {configuration.Host} answered {(int)status} to a request for the pod "
                    + $"'{Name}'",
            }, e);
        }
        catch (Exception e) when (IsNoAnswer(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnavailableException($"the API server of Kubernetes at {configuration.Host} did not answer "
                + $"within {settings.StartTimeout.TotalSeconds:0} s ({e.Message.TrimEnd('.')}); allow the pod to reach it (NetworkPolicy), "
                + "or leave --kubernetes out", e);
        }
    }

    private static void CheckLabels(V1Pod pod, string clusterId)
    {
        foreach (var label in (string[])[KubernetesHostingOptions.ServiceIdLabel, KubernetesHostingOptions.ClusterIdLabel])
            if (pod.GetLabel(label) is var value && value != clusterId)
                throw new InputException($"--kubernetes: the pod '{Name}' has "
                    + (value is null ? $"no label '{label}'" : $"the label '{label}: {value}'")
                    + $", and the cluster is '{clusterId}'; set the label to '{clusterId}', so that other silos find the pod");
    }

    private static bool IsNoAnswer(Exception e) => e is HttpRequestException or IOException or OperationCanceledException
        || e is HttpOperationException { Response.StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests };

    [LoggerMessage(1, LogLevel.Warning, "Waiting for the API server of Kubernetes at {Place}: {Reason}")]
    private static partial void Waiting(ILogger logger, string place, string reason);
}
