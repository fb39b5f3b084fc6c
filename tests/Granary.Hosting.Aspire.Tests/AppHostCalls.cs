using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire.Tests;

/// <summary>What a test of a wrong call works on.</summary>
/// <param name="File">A file of keys.</param>
public sealed record AppHostCalls(IDistributedApplicationBuilder Builder, IResourceBuilder<GranaryResource> Granary, string File);
