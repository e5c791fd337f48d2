// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reflection;
using System.Runtime.Loader;

namespace Axon.Tests;

/// <summary>A second copy of the library with static state of its own, for statements about the whole process.</summary>
internal sealed class FreshAxon : IDisposable
{
    private readonly AssemblyLoadContext _context = new("fresh", isCollectible: true);
    private readonly Assembly _assembly;

    public FreshAxon()
    {
        _assembly = _context.LoadFromAssemblyPath(typeof(Component).Assembly.Location);
    }

    public Type Type(string name) => _assembly.GetType($"Axon.{name}", throwOnError: true)!;

    public MethodInfo Method(string type, string name) => Type(type).GetMethod(name)!;

    public void Dispose() => _context.Unload();
}
