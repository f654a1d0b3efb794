using Microsoft.Extensions.Hosting;

namespace Orrery.Wire.Http;

/// <summary>The lifetime of a server that is one of several parts of a program: signals and exit are the program's business.</summary>
public sealed class PartOfProgram : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
