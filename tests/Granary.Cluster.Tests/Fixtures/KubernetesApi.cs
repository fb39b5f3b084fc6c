using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Granary.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// The part of the API server of Kubernetes that silos use: it answers what pods there are, and streams their changes. Silos reach it as in
/// a pod, over TLS with the files of a service account, which a mount namespace puts where they belong.
/// </summary>
internal sealed class KubernetesApi : IAsyncDisposable
{
    public const string Namespace = "trading";
    private const string Account = "/run/secrets/kubernetes.io/serviceaccount";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-account-").FullName;
    private readonly string _token = Guid.NewGuid().ToString("N");
    private readonly int _port = FreePorts.Take(1)[0];
    private readonly ConcurrentDictionary<string, JsonObject> _pods = new(StringComparer.Ordinal);
    private readonly List<Channel<(string Kind, JsonObject Pod)>> _watches = [];
    private readonly WebApplication _server;

    private KubernetesApi()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), made.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "token"), _token);
        File.WriteAllText(Path.Combine(_folder, "namespace"), Namespace);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, _port, l => l.UseHttps(certificate)));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>Whether the service account may not read pods.</summary>
    public bool IsForbidden { get; set; }

    /// <summary>Why silos cannot be started as in a pod here; null where they can.</summary>
    public static string? MissingReason { get; } = OperatingSystem.IsLinux() && SystemCommand.Run("unshare", [.. Unshare, "true"]) ? null
        : "mount namespaces cannot be made here (Linux, with the program unshare, as root or with user namespaces)";

    private static string[] Unshare => Environment.UserName == "root" ? ["--mount"] : ["--user", "--map-root-user", "--mount"];

    public static async Task<KubernetesApi> StartAsync()
    {
        var api = new KubernetesApi();
        await api._server.StartAsync();
        return api;
    }

    /// <summary>Program and arguments that start a process in a pod, and the pod's variables.</summary>
    public (IReadOnlyList<string> Through, IReadOnlyDictionary<string, string> Environment) Pod(string name, bool hasToken = true) => (
        ["unshare", .. Unshare, "sh", "-ec",
            $"mount -t tmpfs tmpfs /run; mkdir -p {Account}; {(hasToken ? $"cp \"$0\"/* {Account}/; " : "")}exec \"$@\"", _folder],
        new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1",
            ["KUBERNETES_SERVICE_PORT"] = $"{_port}",
            ["POD_NAME"] = name,
            ["POD_NAMESPACE"] = Namespace,
        });

    /// <param name="cluster">Value of the pod's labels; null for a pod without them.</param>
    public void Add(string name, string? cluster = "granary")
    {
        var labels = new JsonObject { ["app"] = "granary" };
        if (cluster is not null) (labels["orleans/serviceId"], labels["orleans/clusterId"]) = (cluster, cluster);
        _pods[name] = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace, ["labels"] = labels },
        };
        Notify("ADDED", _pods[name]);
    }

    public void Delete(string name)
    {
        if (_pods.TryRemove(name, out var pod)) Notify("DELETED", pod);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Notify(string kind, JsonObject pod)
    {
        lock (_watches)
            foreach (var watch in _watches)
                watch.Writer.TryWrite((kind, pod));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var pods = $"/api/v1/namespaces/{Namespace}/pods";
        var path = context.Request.Path.Value!;
        if (context.Request.Headers.Authorization != $"Bearer {_token}") await FailAsync(context, 401, "Unauthorized");
        else if (IsForbidden) await FailAsync(context, 403, "Forbidden");
        else if (path == pods && context.Request.Query["watch"] == "true") await StreamAsync(context);
        else if (path == pods) await WriteAsync(context, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "PodList",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. Selected(context).Select(p => p.DeepClone())]),
        });
        else if (path.StartsWith(pods + "/", StringComparison.Ordinal) && _pods.TryGetValue(path[(pods.Length + 1)..], out var pod))
            await WriteAsync(context, (JsonObject)pod.DeepClone());
        else await FailAsync(context, 404, "NotFound");
    }

    private IEnumerable<JsonObject> Selected(HttpContext context) => _pods.Values.Where(p => IsSelected(context, p));

    private static bool IsSelected(HttpContext context, JsonObject pod) => context.Request.Query["labelSelector"].ToString()
        .Split(',', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('='))
        .All(l => pod["metadata"]!["labels"]![l[0]]?.ToString() == l[1]);

    private async Task StreamAsync(HttpContext context)
    {
        var changes = Channel.CreateUnbounded<(string Kind, JsonObject Pod)>();
        lock (_watches) _watches.Add(changes);
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(context.RequestAborted);
        foreach (var pod in Selected(context)) await LineAsync("ADDED", pod);
        try
        {
            await foreach (var (kind, pod) in changes.Reader.ReadAllAsync(context.RequestAborted))
                if (IsSelected(context, pod))
                    await LineAsync(kind, pod);
        }
        catch (OperationCanceledException)
        {
            // The silo has ended, or this server ends.
        }
        lock (_watches) _watches.Remove(changes);

        async Task LineAsync(string kind, JsonObject pod)
        {
            var line = new JsonObject { ["type"] = kind, ["object"] = pod.DeepClone() }.ToJsonString();
            await context.Response.WriteAsync(line + "\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static Task FailAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Status",
            ["status"] = "Failure",
            ["reason"] = reason,
            ["code"] = status,
        });
    }

    private static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString());
    }
}
